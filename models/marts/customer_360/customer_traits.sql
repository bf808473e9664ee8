with

customers as (

    select
        customer_id,
        order_count,
        lifetime_value_amount,
        currency
    from {{ ref('customers') }}

),

order_totals as (

    select
        customer_id,
        min(case when status in ('completed', 'refunded') then ordered_at end) as first_ordered_at,
        max(case when status in ('completed', 'refunded') then ordered_at end) as last_ordered_at,
        -- A payment that failed bought nothing.
        max(case when status <> 'failed' then ordered_at end) as last_bought_at,
        avg(case when is_counted then base_amount end) as average_order_amount
    from {{ ref('orders') }}
    where customer_id is not null
    group by customer_id

),

web_traits as (

    select * from {{ ref('int_customer_360__web_traits') }}

),

engagement as (

    select
        customer_id,
        count(*) as email_delivered_count,
        sum(case when is_opened then 1 else 0 end) as email_opened_count,
        sum(case when is_clicked then 1 else 0 end) as email_clicked_count
    from {{ ref('email_messages') }}
    where is_delivered and customer_id is not null
    group by customer_id

),

final as (

    select
        ---------- ids
        customers.customer_id,

        ---------- strings
        web_traits.favorite_category,
        case
            when order_totals.last_ordered_at is null then 'prospect'
            when order_totals.last_ordered_at >= {{ dbt.dateadd('day', -90, as_of()) }}
                then 'active'
            when order_totals.last_ordered_at >= {{ dbt.dateadd('day', -180, as_of()) }}
                then 'lapsing'
            else 'lapsed'
        end as lifecycle_stage,
        customers.currency,

        ---------- numerics
        {{ as_count('web_traits.event_count') }} as event_count,
        {{ as_count('web_traits.session_count') }} as session_count,
        {{ as_count('web_traits.product_view_count') }} as product_view_count,
        {{ as_count('web_traits.cart_add_count') }} as cart_add_count,
        {{ as_count('engagement.email_delivered_count') }} as email_delivered_count,
        {{ as_count('engagement.email_opened_count') }} as email_opened_count,
        {{ as_count('engagement.email_clicked_count') }} as email_clicked_count,
        cast(
            engagement.email_opened_count * 1.0 / nullif(engagement.email_delivered_count, 0)
            as decimal(5, 4)
        ) as email_open_rate,
        customers.order_count,
        customers.lifetime_value_amount,
        -- Half a cent is rounded up, as in orders: the mean, a double, may lie a little below it.
        cast(cast(order_totals.average_order_amount as decimal(38, 6)) as decimal(18, 2))
            as average_order_amount,
        cast(
            {{ dbt.datediff('order_totals.last_ordered_at', as_of(), 'day') }}
            as {{ dbt.type_int() }}
        ) as days_since_last_order,

        ---------- timestamps
        web_traits.last_session_at,
        order_totals.first_ordered_at,
        order_totals.last_ordered_at,
        greatest(
            coalesce(order_totals.last_bought_at, web_traits.last_completed_at),
            coalesce(web_traits.last_completed_at, order_totals.last_bought_at)
        ) as last_bought_at

    from customers

    left join order_totals
        on customers.customer_id = order_totals.customer_id

    left join web_traits
        on customers.customer_id = web_traits.customer_id

    left join engagement
        on customers.customer_id = engagement.customer_id

)

select * from final
