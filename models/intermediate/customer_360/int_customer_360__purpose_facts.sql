with

customers as (

    select
        customer_id,
        email,
        phone,
        country
    from {{ ref('customers') }}

),

purposes as (

    select purpose from {{ ref('purposes') }}

),

email_deliveries as (

    select * from {{ ref('int_customer_360__email_deliveries') }}

),

-- Of shared identifiers too: whoever may be meant is left alone.
suppressions as (

    select distinct
        identifiers.customer_id,
        purposes.purpose
    from {{ ref('stg_stewardship__suppressions') }} as suppressed

    inner join {{ ref('customer_identifiers') }} as identifiers
        on
            suppressed.identifier_type = identifiers.identifier_type
            and suppressed.identifier_value = identifiers.identifier_value

    inner join purposes
        on coalesce(suppressed.purpose, purposes.purpose) = purposes.purpose

),

opt_out_regions as (

    select * from {{ ref('consent_opt_out_regions') }}

),

addresses as (

    select
        customers.customer_id,
        customers.country,
        customers.phone is not null as has_phone,
        -- An address nothing was ever sent to is tried.
        customers.email is not null
        and coalesce(email_deliveries.is_deliverable, true) as has_email
    from customers

    left join email_deliveries
        on customers.email = email_deliveries.email

),

final as (

    select
        ---------- ids
        addresses.customer_id,

        ---------- strings
        purposes.purpose,

        ---------- booleans
        case purposes.purpose
            when 'email_marketing' then addresses.has_email
            when 'sms_marketing' then addresses.has_phone
            when 'advertising' then addresses.has_email or addresses.has_phone
            -- Used inside our own services: nothing is addressed.
            else true
        end as has_address,
        suppressions.customer_id is not null as is_suppressed,
        addresses.country is not null as has_region,
        opt_out_regions.country is not null as is_opt_out_region

    from addresses

    cross join purposes

    left join suppressions
        on
            addresses.customer_id = suppressions.customer_id
            and purposes.purpose = suppressions.purpose

    left join opt_out_regions
        on
            addresses.country = opt_out_regions.country
            and purposes.purpose = opt_out_regions.purpose

)

select * from final
