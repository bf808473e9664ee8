-- Nobody is in an audience twice at a time, and its members now are exactly those it selects.
with

open_memberships as (

    select
        audience,
        customer_id,
        count(*) as membership_count
    from {{ ref('audience_memberships') }}
    where exited_at is null
    group by audience, customer_id

)

select
    coalesce(members.audience, open_memberships.audience) as audience,
    coalesce(members.customer_id, open_memberships.customer_id) as customer_id,
    open_memberships.membership_count
from {{ ref('audience_members') }} as members

full outer join open_memberships
    on
        members.audience = open_memberships.audience
        and members.customer_id = open_memberships.customer_id

where
    members.customer_id is null
    or open_memberships.membership_count is null
    or open_memberships.membership_count > 1
