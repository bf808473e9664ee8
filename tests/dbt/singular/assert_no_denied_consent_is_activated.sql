-- Neither a denial nor an unknown consent outside the opt-out regions may ever be allowed.
select
    verdicts.customer_id,
    verdicts.purpose,
    verdicts.audience,
    consents.status
from {{ ref('activation_verdicts') }} as verdicts

inner join {{ ref('customers') }} as customers
    on verdicts.customer_id = customers.customer_id

left join {{ ref('consents') }} as consents
    on
        verdicts.customer_id = consents.customer_id
        and verdicts.purpose = consents.purpose

left join {{ ref('consent_opt_out_regions') }} as regions
    on
        customers.country = regions.country
        and verdicts.purpose = regions.purpose

where
    verdicts.is_allowed
    and coalesce(consents.status, 'unknown') <> 'granted'
    and (consents.status = 'denied' or regions.country is null)
