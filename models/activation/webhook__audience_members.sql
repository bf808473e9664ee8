with

memberships as (

    select
        audience,
        customer_id,
        entered_at
    from {{ ref('audience_memberships') }}
    where exited_at is null

),

customers as (

    select
        customer_id,
        email,
        first_name,
        last_name,
        country,
        currency,
        lifetime_value_amount
    from {{ ref('customers') }}

),

final as (

    select
        ---------- ids
        memberships.audience,
        memberships.customer_id,

        ---------- strings
        customers.email,
        customers.first_name,
        customers.last_name,
        customers.country,
        customers.currency,

        ---------- numerics
        customers.lifetime_value_amount,

        ---------- timestamps
        memberships.entered_at

    from memberships

    inner join customers
        on memberships.customer_id = customers.customer_id

)

select * from final
