with

rules as (

    select * from {{ ref('survivorship_rules') }}

),

corrections as (

    select
        correction_id,
        source || ':' || source_record_id as source_record_key,
        source,
        source_record_id,
        attribute,
        case attribute
            when 'email' then {{ normalize_email('value') }}
            when 'birth_date'
                then cast({{ try_cast('value', 'date') }} as {{ dbt.type_string() }})
            when 'country' then upper({{ normalize_text('value') }})
            when 'postal_code' then {{ normalize_postal_code('value') }}
            else {{ normalize_text('value') }}
        end as value,
        decided_at
    from {{ ref('stg_stewardship__attribute_corrections') }}

),

owners as (

    select
        source_record_key,
        customer_id
    from {{ ref('customer_source_records') }}

),

ranked as (

    select
        owners.customer_id,
        corrections.*,
        rules.unit,
        rules.rule,
        rules.tolerated_edits,
        row_number() over (
            partition by owners.customer_id, corrections.attribute
            order by corrections.decided_at desc nulls last, corrections.correction_id asc
        ) as correction_rank
    from corrections

    inner join owners
        on corrections.source_record_key = owners.source_record_key

    inner join rules
        on corrections.attribute = rules.attribute

    where corrections.value is not null

),

final as (

    select
        ---------- ids
        customer_id,
        source_record_key,
        source,
        source_record_id,

        ---------- as int_customer_360__weighed_values has them
        cast(null as {{ dbt.type_string() }}) as inputs_hash,
        attribute,
        unit,
        rule,
        tolerated_edits,
        value,
        {{ fold_spelling('value') }} as value_key,
        cast(null as {{ dbt.type_string() }}) as doubt,
        0 as priority,
        0 as spelling_level,
        0 as standing,
        decided_at as observed_at

    from ranked

    -- The newest decision on an attribute stands.
    where correction_rank = 1

)

select * from final
