with

views as (

    select
        customer_id,
        max(occurred_at) as viewed_at
    from {{ ref('events') }}
    where
        customer_id is not null
        and event_name = 'Product Viewed'
        and lower(product_category) = 'shoes'
        and occurred_at >= {{ dbt.dateadd('second', -300, as_of()) }}
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

    select views.customer_id
    from views

    inner join traits
        on views.customer_id = traits.customer_id

    -- The newest view is the one no purchase may follow; one between two views does not matter.
    where traits.last_bought_at is null or traits.last_bought_at <= views.viewed_at

)

select * from final
