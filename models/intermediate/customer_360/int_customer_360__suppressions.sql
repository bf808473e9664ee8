with

purposes as (

    select purpose from {{ ref('purposes') }}

),

suppressions as (

    select
        identifier_type,
        identifier_value,
        purpose
    from {{ ref('stg_stewardship__suppressions') }}

),

identifiers as (

    -- Also shared ones: whoever may be meant is left alone.
    select
        identifier_type,
        identifier_value,
        customer_id
    from {{ ref('customer_identifiers') }}

),

final as (

    select distinct
        identifiers.customer_id,
        purposes.purpose
    from suppressions

    inner join identifiers
        on
            suppressions.identifier_type = identifiers.identifier_type
            and suppressions.identifier_value = identifiers.identifier_value

    inner join purposes
        on coalesce(suppressions.purpose, purposes.purpose) = purposes.purpose

)

select * from final
