with

traits as (

    select
        customer_id,
        favorite_category,
        lifecycle_stage,
        session_count,
        order_count,
        average_order_amount,
        last_ordered_at
    from {{ ref('customer_traits') }}

),

customers as (

    select
        customer_id,
        first_name,
        country,
        currency,
        lifetime_value_amount
    from {{ ref('customers') }}

),

final as (

    select
        ---------- ids
        customers.customer_id,

        ---------- strings
        customers.first_name,
        customers.country,
        traits.favorite_category,
        traits.lifecycle_stage,
        customers.currency,

        ---------- numerics
        traits.session_count,
        traits.order_count,
        traits.average_order_amount,
        customers.lifetime_value_amount,

        ---------- timestamps
        traits.last_ordered_at

    from customers

    inner join traits
        on customers.customer_id = traits.customer_id

)

select * from final
