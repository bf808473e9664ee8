with

stated_values as (

    select * from {{ ref('int_customer_360__stated_values') }}

),

placeholders as (

    select
        attribute,
        placeholder
    from {{ ref('placeholder_values') }}

),

addresses as (

    select distinct
        attribute as identifier_type,
        value as identifier_value
    from stated_values
    where attribute in ('email', 'phone')

),

blocked as (

    {{ blocked_identifiers('addresses') }}

),

-- Each record's newest valid values: the parts of a unit all come from one version.
versions as (

    select
        stated_values.*,
        dense_rank() over (
            partition by
                stated_values.customer_id,
                stated_values.source_record_key,
                stated_values.unit
            order by stated_values.observed_at desc nulls last, stated_values.version_id asc
        ) as version_rank
    from stated_values

    left join placeholders
        on
            stated_values.attribute = placeholders.attribute
            and lower(stated_values.value) = placeholders.placeholder

    left join blocked
        on
            stated_values.attribute = blocked.identifier_type
            and stated_values.value = blocked.identifier_value

    where placeholders.placeholder is null and blocked.identifier_value is null

),

final as (

    select
        ---------- ids
        customer_id,
        source_record_key,
        source,
        source_record_id,
        inputs_hash,

        ---------- strings
        attribute,
        unit,
        rule,
        value,
        {{ fold_spelling('value') }} as value_key,

        ---------- numerics
        tolerated_edits,

        ---------- timestamps
        observed_at

    from versions

    where version_rank = 1

)

select * from final
