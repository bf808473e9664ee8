with

purchases as (

    select * from {{ ref('stg_app__purchases') }}

),

app_records as (

    select * from {{ ref('customer_source_records') }}
    where source = 'app'

),

user_owners as (

    select * from {{ ref('customer_identifiers') }}
    where identifier_type = 'user_id' and not is_shared

),

-- Only a payment settles a purchase: a failed attempt that names it leaves it open.
named_payments as (

    select distinct purchase_id from {{ ref('stg_stripe__charges') }}
    where status = 'succeeded'

),

final as (

    select
        ---------- ids
        purchases.purchase_id,
        -- A user missing in the app's table may still be known from another source.
        coalesce(app_records.customer_id, user_owners.customer_id) as customer_id,
        purchases.product_id,

        ---------- strings
        purchases.product_name,
        purchases.category,
        purchases.currency,
        purchases.status,

        ---------- numerics
        cast(purchases.quantity * purchases.unit_price as decimal(18, 2)) as gross_amount,

        ---------- booleans
        (named_payments.purchase_id is not null) as has_named_payment,

        ---------- timestamps
        purchases.purchased_at

    from purchases

    left join app_records
        on purchases.user_id = app_records.source_record_id

    left join user_owners
        on purchases.user_id = user_owners.identifier_value

    left join named_payments
        on purchases.purchase_id = named_payments.purchase_id

)

select * from final
