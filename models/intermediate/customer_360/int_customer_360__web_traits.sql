with

events as (

    select
        customer_id,
        event_name,
        lower(product_category) as product_category,
        occurred_at
    from {{ ref('events') }}
    where customer_id is not null

),

sessions as (

    select
        customer_id,
        count(*) as session_count,
        max(ended_at) as last_session_at
    from {{ ref('sessions') }}
    group by customer_id

),

-- Buying tells more than looking.
interests as (

    select
        customer_id,
        product_category,
        occurred_at,
        1 as interest
    from events

    union all

    select
        customer_id,
        lower(category) as product_category,
        ordered_at as occurred_at,
        5 as interest
    from {{ ref('orders') }}
    where customer_id is not null

),

categories as (

    select
        customer_id,
        product_category,
        row_number() over (
            partition by customer_id
            order by sum(interest) desc, max(occurred_at) desc, product_category asc
        ) as category_rank
    from interests
    where product_category is not null
    group by customer_id, product_category

),

favorites as (

    select * from categories
    where category_rank = 1

),

activity as (

    select
        customer_id,
        count(*) as event_count,
        sum(case when event_name = 'Product Viewed' then 1 else 0 end) as product_view_count,
        sum(case when event_name = 'Product Added' then 1 else 0 end) as cart_add_count,
        max(case when event_name = 'Order Completed' then occurred_at end) as last_completed_at
    from events
    group by customer_id

),

final as (

    select
        ---------- ids and strings
        coalesce(activity.customer_id, favorites.customer_id) as customer_id,
        favorites.product_category as favorite_category,

        ---------- numerics
        activity.event_count,
        activity.product_view_count,
        activity.cart_add_count,
        sessions.session_count,

        ---------- timestamps
        sessions.last_session_at,
        activity.last_completed_at

    from activity

    full outer join favorites
        on activity.customer_id = favorites.customer_id

    left join sessions
        on activity.customer_id = sessions.customer_id

)

select * from final
