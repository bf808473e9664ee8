-- The gate says something about everybody and every purpose; what it does not mention is closed.
select
    customers.customer_id,
    purposes.purpose
from {{ ref('customers') }} as customers

cross join {{ ref('purposes') }} as purposes

left join {{ ref('activation_verdicts') }} as verdicts
    on
        customers.customer_id = verdicts.customer_id
        and purposes.purpose = verdicts.purpose
        and verdicts.audience is null

where verdicts.customer_id is null
