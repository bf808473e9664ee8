with

rules as (

    select * from {{ ref('survivorship_rules') }}

),

corrections as (

    {{ read_corrections() }}

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
        corrections.source_record_key,
        corrections.source,
        corrections.source_record_id,
        corrections.attribute,
        corrections.value,
        corrections.decided_at,
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

    -- A decision of tomorrow waits.
    where
        corrections.value is not null
        and coalesce(corrections.decided_at, {{ as_of() }}) <= {{ as_of() }}

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
