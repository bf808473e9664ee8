with

purpose_facts as (

    select * from {{ ref('int_customer_360__purpose_facts') }}

),

consents as (

    select
        customer_id,
        purpose,
        status
    from {{ ref('consents') }}

),

decided as (

    select
        purpose_facts.customer_id,
        purpose_facts.purpose,
        coalesce(consents.status, 'unknown') as consent_status,
        case
            when purpose_facts.is_suppressed then 'suppressed'
            when consents.status = 'denied' then 'consent_denied'
            when consents.status = 'granted' or purpose_facts.is_opt_out_region
                then case when purpose_facts.has_address then 'allowed' else 'no_address' end
            when purpose_facts.has_region then 'consent_unknown'
            else 'unknown_region'
        end as reason
    from purpose_facts

    left join consents
        on
            purpose_facts.customer_id = consents.customer_id
            and purpose_facts.purpose = consents.purpose

),

final as (

    select
        ---------- ids
        customer_id,

        ---------- strings
        purpose,
        consent_status,
        reason,

        ---------- booleans
        reason = 'allowed' as is_permitted

    from decided

)

select * from final
