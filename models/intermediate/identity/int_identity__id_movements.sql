with

log as (

    select * from {{ ref('int_identity__assignment_log') }}

),

-- Each reassigned record arrives at one id and departs from another.
sides as (

    select
        customer_id,
        previous_customer_id as other_customer_id,
        revision,
        1 as direction
    from log
    where customer_id is not null

    union all

    select
        previous_customer_id as customer_id,
        customer_id as other_customer_id,
        revision,
        -1 as direction
    from log
    where previous_customer_id is not null

),

flows as (

    select
        customer_id,
        other_customer_id,
        revision,
        direction,
        count(*) as record_count,
        row_number() over (
            partition by customer_id, revision, direction
            order by
                case when other_customer_id is null then 1 else 0 end,
                count(*) desc,
                other_customer_id
        ) as flow_rank
    from sides
    group by 1, 2, 3, 4

),

totals as (

    select
        customer_id,
        revision,
        sum(direction * record_count) as net_count,
        max(case when direction = 1 and flow_rank = 1 then other_customer_id end)
            as main_origin_id,
        max(case when direction = -1 and flow_rank = 1 then other_customer_id end)
            as main_destination_id
    from flows
    group by 1, 2

),

final as (

    select
        ---------- ids
        customer_id,
        main_origin_id,
        main_destination_id,

        ---------- numerics
        revision,
        net_count,
        sum(net_count) over (
            partition by customer_id
            order by revision
            rows between unbounded preceding and current row
        ) as size_after,

        ---------- booleans
        row_number() over (partition by customer_id order by revision) = 1 as is_first

    from totals

)

select * from final
