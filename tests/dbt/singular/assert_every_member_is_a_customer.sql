-- An audience that selects ids of another kind, such as a source's own, has members whom no sync
-- knows. A relationships test would show the ids without the audience that they stand in.
select
    members.audience,
    members.customer_id
from {{ ref('audience_members') }} as members

left join {{ ref('customers') }} as customers
    on members.customer_id = customers.customer_id

where customers.customer_id is null
