with

purchases as (

    select
        purchase_id,
        customer_id,
        product_id,
        product_name,
        category,
        currency,
        status,
        gross_amount,
        purchased_at
    from {{ ref('int_behavior__purchases') }}

),

charges as (

    select
        charge_id,
        customer_id,
        currency,
        status,
        charge_amount,
        refunded_amount,
        created_at
    from {{ ref('int_behavior__charges') }}

),

charge_purchases as (

    select
        charge_id,
        purchase_id
    from {{ ref('int_behavior__charge_purchases') }}

),

-- Failed and pending attempts belong to the purchase as well; only what was paid can be refunded.
payments as (

    select
        charge_purchases.purchase_id,
        charges.currency,
        min(charges.charge_id) as charge_id,
        sum(charges.charge_amount) as paid_amount,
        sum(charges.refunded_amount) as refunded_amount
    from charge_purchases

    inner join charges
        on charge_purchases.charge_id = charges.charge_id

    where charges.status = 'succeeded'

    group by charge_purchases.purchase_id, charges.currency

),

-- A refund in another currency than the purchase gives back its share of what was paid.
refunds as (

    select
        payments.purchase_id,
        min(payments.charge_id) as charge_id,
        sum(
            case
                when payments.currency = purchases.currency then payments.refunded_amount
                when payments.paid_amount > 0
                    then
                        purchases.gross_amount
                        * payments.refunded_amount / payments.paid_amount
                else 0
            end
        ) as refunded_amount
    from payments

    inner join purchases
        on payments.purchase_id = purchases.purchase_id

    group by payments.purchase_id

),

app_orders as (

    select
        purchases.purchase_id as order_id,
        purchases.customer_id,
        purchases.purchase_id,
        refunds.charge_id,
        purchases.product_id,
        'app' as source,
        purchases.product_name,
        purchases.category,
        purchases.currency,
        purchases.status,
        purchases.gross_amount,
        -- The app's word refunded means all of it.
        case
            when purchases.status = 'refunded' or refunds.refunded_amount > purchases.gross_amount
                then purchases.gross_amount
            else cast(coalesce(refunds.refunded_amount, 0) as decimal(18, 2))
        end as refunded_amount,
        purchases.purchased_at as ordered_at
    from purchases

    left join refunds
        on purchases.purchase_id = refunds.purchase_id

),

charge_orders as (

    select
        charges.charge_id as order_id,
        charges.customer_id,
        cast(null as {{ dbt.type_string() }}) as purchase_id,
        charges.charge_id,
        cast(null as {{ dbt.type_string() }}) as product_id,
        'stripe' as source,
        cast(null as {{ dbt.type_string() }}) as product_name,
        cast(null as {{ dbt.type_string() }}) as category,
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

),

final as (

    select * from app_orders

    union all

    select * from charge_orders

)

select * from final
