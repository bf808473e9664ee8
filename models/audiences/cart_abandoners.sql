with

carts as (

    select
        customer_id,
        max(occurred_at) as filled_at
    from {{ ref('events') }}
    where
        customer_id is not null
        and event_name in ('Product Added', 'Checkout Started')
        and occurred_at <= {{ as_of() }}
    group by customer_id

),

traits as (

    select
        customer_id,
        last_bought_at
    from {{ ref('customer_traits') }}

),

final as (

    select carts.customer_id
    from carts

    inner join traits
        on carts.customer_id = traits.customer_id

    where
        carts.filled_at >= {{ dbt.dateadd('day', -7, as_of()) }}
        -- Within a session's gap they may still be shopping.
        and carts.filled_at <= {{ dbt.dateadd('minute', -30, as_of()) }}
        and (traits.last_bought_at is null or traits.last_bought_at < carts.filled_at)

)

select * from final
