with

purchases as (

    select * from {{ ref('int_behavior__purchases') }}

),

charges as (

    select * from {{ ref('int_behavior__charges') }}

),

charge_purchases as (

    select * from {{ ref('int_behavior__charge_purchases') }}

),

-- Failed and pending attempts belong to the purchase as well; only what was paid can be refunded.
-- A refund in another currency than the purchase gives back its share of what was paid.
payments as (

    select
        purchases.purchase_id,
        min(charges.charge_id) as charge_id,
        sum(
            case
                when charges.currency = purchases.currency then charges.refunded_amount
                when charges.charge_amount > 0
                    then purchases.gross_amount * charges.refunded_amount / charges.charge_amount
                else 0
            end
        ) as refunded_amount
    from purchases

    inner join charge_purchases
        on purchases.purchase_id = charge_purchases.purchase_id

    inner join charges
        on charge_purchases.charge_id = charges.charge_id and charges.status = 'succeeded'

    group by purchases.purchase_id

),

-- The app's word refunded means all of it.
final as (

    select
        purchases.purchase_id as order_id,
        purchases.customer_id,
        purchases.purchase_id,
        payments.charge_id,
        purchases.product_id,
        'app' as source,
        purchases.product_name,
        purchases.category,
        purchases.currency,
        purchases.status,
        purchases.gross_amount,
        cast(
            case
                when purchases.status = 'refunded' then purchases.gross_amount
                when payments.refunded_amount > purchases.gross_amount then purchases.gross_amount
                else coalesce(payments.refunded_amount, 0)
            end as decimal(18, 2)
        ) as refunded_amount,
        purchases.purchased_at as ordered_at
    from purchases

    left join payments
        on purchases.purchase_id = payments.purchase_id

    union all

    select
        charges.charge_id as order_id,
        charges.customer_id,
        null as purchase_id,
        charges.charge_id,
        null as product_id,
        'stripe' as source,
        null as product_name,
        null as category,
        charges.currency,
        case charges.status when 'succeeded' then 'completed' else charges.status end as status,
        charges.charge_amount as gross_amount,
        case
            when charges.refunded_amount > charges.charge_amount then charges.charge_amount
            else charges.refunded_amount
        end as refunded_amount,
        charges.created_at as ordered_at
    from charges

    left join charge_purchases
        on charges.charge_id = charge_purchases.charge_id

    where charge_purchases.charge_id is null

)

select * from final
