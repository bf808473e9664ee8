with

purchases as (

    select
        purchase_id,
        user_id,
        product_id,
        product_name,
        category,
        currency,
        status,
        quantity,
        unit_price,
        purchased_at
    from {{ ref('stg_app__purchases') }}

),

app_records as (

    select
        source_record_id,
        customer_id
    from {{ ref('customer_source_records') }}
    where source = 'app'

),

user_owners as (

    select
        identifier_value,
        customer_id
    from {{ ref('customer_identifiers') }}
    where identifier_type = 'user_id' and not is_shared

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

        ---------- timestamps
        purchases.purchased_at

    from purchases

    left join app_records
        on purchases.user_id = app_records.source_record_id

    left join user_owners
        on purchases.user_id = user_owners.identifier_value

)

select * from final
