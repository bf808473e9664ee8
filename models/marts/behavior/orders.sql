with

orders as (

    select
        order_id,
        customer_id,
        purchase_id,
        charge_id,
        product_id,
        source,
        product_name,
        category,
        currency,
        status,
        gross_amount,
        refunded_amount,
        ordered_at
    from {{ ref('int_behavior__orders') }}

),

rates as (

    select
        currency,
        rate_to_base,
        valid_from,
        lead(valid_from, 1, cast('9999-12-31' as date)) over (
            partition by currency order by valid_from
        ) as valid_until
    from {{ ref('stg_fx__rates') }}

),

netted as (

    select
        *,
        case
            when status in ('cancelled', 'failed', 'pending', 'refunded') then status
            when gross_amount > 0 and refunded_amount = gross_amount then 'refunded'
            else 'completed'
        end as order_status,
        case
            when status in ('cancelled', 'failed', 'pending') then 0
            else gross_amount - refunded_amount
        end as net_amount
    from orders

),

converted as (

    select
        netted.*,
        case
            when netted.currency = '{{ var("base_currency") }}' then 1
            else rates.rate_to_base
        end as base_rate
    from netted

    left join rates
        on
            netted.currency = rates.currency
            and cast(netted.ordered_at as date) >= rates.valid_from
            and cast(netted.ordered_at as date) < rates.valid_until

),

final as (

    select
        ---------- ids
        order_id,
        customer_id,
        purchase_id,
        charge_id,
        product_id,

        ---------- strings
        source,
        product_name,
        category,
        order_status as status,
        currency,
        case
            when base_rate is null and order_status in ('completed', 'refunded')
                then 'no rate for ' || currency || ' on the day of the order'
        end as unconverted_reason,

        ---------- numerics
        gross_amount,
        refunded_amount,
        cast(net_amount as decimal(18, 2)) as order_amount,
        cast(net_amount * base_rate as decimal(18, 2)) as base_amount,

        ---------- booleans
        order_status in ('completed', 'refunded') and base_rate is not null as is_counted,

        ---------- timestamps
        ordered_at

    from converted

)

select * from final
