with

identifiers as (

    select * from {{ ref('int_identity__identifiers') }}

),

identifier_values as (

    select * from {{ ref('int_identity__identifier_values') }}

),

rules as (

    select * from {{ ref('identity_rules') }}

),

final as (

    select
        ---------- ids
        identifiers.source_record_key,

        ---------- strings
        identifiers.identifier_type,
        identifiers.identifier_value,

        ---------- numerics
        identifier_values.priority,

        ---------- booleans
        rules.is_unique_per_person

    from identifiers

    inner join identifier_values
        on
            identifiers.identifier_type = identifier_values.identifier_type
            and identifiers.identifier_value = identifier_values.identifier_value

    inner join rules
        on identifiers.identifier_type = rules.identifier_type

    where
        identifier_values.excluded_because is null
        and not identifiers.is_ambiguous

)

select * from final
