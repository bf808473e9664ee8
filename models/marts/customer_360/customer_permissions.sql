with

-- An address nothing was ever sent to is tried.
customers as (

    select
        customers.customer_id,
        customers.country,
        customers.phone is not null as has_phone,
        customers.email is not null and coalesce(deliveries.is_deliverable, true) as has_email
    from {{ ref('customers') }} as customers

    left join {{ ref('int_customer_360__email_deliveries') }} as deliveries
        on customers.email = deliveries.email

),

consents as (

    select
        customer_id,
        purpose,
        status
    from {{ ref('consents') }}

),

opt_out_regions as (

    select * from {{ ref('consent_opt_out_regions') }}

),

closed as (

    {{ closed_purposes() }}

),

decided as (

    select
        consents.customer_id,
        consents.purpose,
        case when closed.is_denied then 'denied' else consents.status end as consent_status,
        case
            when closed.is_suppressed then 'suppressed'
            when closed.is_denied or consents.status = 'denied' then 'consent_denied'
            when consents.status = 'granted' or opt_out_regions.country is not null then 'allowed'
            when customers.country is null then 'unknown_region'
            else 'consent_unknown'
        end as reason,
        case consents.purpose
            when 'email_marketing' then customers.has_email
            when 'sms_marketing' then customers.has_phone
            when 'advertising' then customers.has_phone or customers.has_email
            -- What stays inside our own services is addressed to nobody.
            else true
        end as has_address
    from consents

    inner join customers
        on consents.customer_id = customers.customer_id

    left join closed
        on consents.customer_id = closed.customer_id and consents.purpose = closed.purpose

    left join opt_out_regions
        on
            customers.country = opt_out_regions.country
            and consents.purpose = opt_out_regions.purpose

),

final as (

    select
        ---------- ids
        customer_id,

        ---------- strings
        purpose,
        consent_status,
        case
            when reason = 'allowed' and not has_address then 'no_address'
            else reason
        end as reason,

        ---------- booleans
        reason = 'allowed' and has_address as is_permitted

    from decided

)

select * from final
