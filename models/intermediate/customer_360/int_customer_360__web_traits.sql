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
    where customer_id is not null
    group by customer_id

),

categories as (

    select
        customer_id,
        product_category,
        row_number() over (
            partition by customer_id
            order by count(*) desc, max(occurred_at) desc, product_category asc
        ) as category_rank
    from events
    where product_category is not null
    group by customer_id, product_category

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
        ---------- ids
        activity.customer_id,

        ---------- strings
        categories.product_category as favorite_category,

        ---------- numerics
        activity.event_count,
        activity.product_view_count,
        activity.cart_add_count,
        coalesce(sessions.session_count, 0) as session_count,

        ---------- timestamps
        sessions.last_session_at,
        activity.last_completed_at

    from activity

    left join sessions
        on activity.customer_id = sessions.customer_id

    left join categories
        on
            activity.customer_id = categories.customer_id
            and categories.category_rank = 1

)

select * from final
