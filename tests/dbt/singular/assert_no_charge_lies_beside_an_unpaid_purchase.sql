{{ config(group='behavior', severity='warn') }}

-- A charge that fits a purchase nobody paid counts the money twice. Rows here mean that somebody
-- made more equal payments a day than int_behavior__charge_purchases has rounds: raise its number.
with

matches as (

    select
        charge_id,
        purchase_id
    from {{ ref('int_behavior__charge_purchases') }}

),

charges as (

    select charges.*
    from {{ ref('int_behavior__charges') }} as charges

    left join matches
        on charges.charge_id = matches.charge_id

    where matches.charge_id is null and charges.status = 'succeeded'

),

purchases as (

    select purchases.*
    from {{ ref('int_behavior__purchases') }} as purchases

    left join matches
        on purchases.purchase_id = matches.purchase_id

    where matches.purchase_id is null

)

select
    charges.charge_id,
    purchases.purchase_id
from charges

inner join purchases
    on
        charges.customer_id = purchases.customer_id
        and charges.currency = purchases.currency
        and charges.charge_amount = purchases.gross_amount
        and charges.created_at >= {{ dbt.dateadd('hour', -24, 'purchases.purchased_at') }}
        and charges.created_at <= {{ dbt.dateadd('hour', 24, 'purchases.purchased_at') }}
