with

customers as (

    select
        customer_id,
        lifetime_value_amount
    from {{ ref('customers') }}

),

messages as (

    select
        customer_id,
        sg_message_id,
        max(delivered_at) as delivered_at,
        max(case when is_opened then 1 else 0 end) as opened
    from {{ ref('email_messages') }}
    where is_delivered and customer_id is not null
    group by customer_id, sg_message_id

),

newest as (

    select
        customer_id,
        opened,
        row_number() over (
            partition by customer_id
            order by delivered_at desc, sg_message_id desc
        ) as recency_rank
    from messages

),

engaged as (

    select customer_id
    from newest
    where recency_rank <= 5
    group by customer_id
    having sum(opened) = 5

),

final as (

    select customers.customer_id
    from customers

    inner join engaged
        on customers.customer_id = engaged.customer_id

    where customers.lifetime_value_amount > 500

)

select * from final
