with

permissions as (

    select
        customer_id,
        purpose,
        is_permitted,
        reason
    from {{ ref('customer_permissions') }}

),

memberships as (

    select
        audience,
        customer_id,
        is_holdout
    from {{ ref('audience_memberships') }}
    where exited_at is null

),

final as (

    select
        ---------- ids
        customer_id,

        ---------- strings
        purpose,
        cast(null as {{ dbt.type_string() }}) as audience,
        reason,

        ---------- booleans
        is_permitted as is_allowed,

        ---------- timestamps
        {{ as_of() }} as decided_at

    from permissions

    union all

    select
        permissions.customer_id,
        permissions.purpose,
        memberships.audience,
        case
            when permissions.is_permitted and memberships.is_holdout then 'holdout'
            else permissions.reason
        end as reason,
        permissions.is_permitted and not memberships.is_holdout as is_allowed,
        {{ as_of() }} as decided_at
    from memberships

    inner join permissions
        on memberships.customer_id = permissions.customer_id

)

select * from final
