with

customers as (

    select * from {{ ref('stg_stripe__customers') }}

),

charges as (

    select * from {{ ref('stg_stripe__charges') }}

),

purchases as (

    select * from {{ ref('stg_app__purchases') }}

),

guests as (

    select * from {{ ref('int_identity__stripe_guests') }}

),

-- A customer without user_id is the user whose purchases it paid, if they are one user's.
payers as (

    select
        charges.stripe_customer_id,
        min(purchases.user_id) as user_id,
        min(charges.created_at) as first_seen_at,
        max(charges.created_at) as last_seen_at
    from charges

    inner join purchases
        on charges.purchase_id = purchases.purchase_id

    where charges.stripe_customer_id is not null
    group by 1
    having count(distinct purchases.user_id) = 1

),

final as (

    select
        'stripe:' || stripe_customer_id as source_record_key,
        'stripe_customer_id' as identifier_type,
        stripe_customer_id as identifier_value,
        created_at as first_seen_at,
        created_at as last_seen_at
    from customers

    union all

    select
        'stripe:' || payers.stripe_customer_id as source_record_key,
        'user_id' as identifier_type,
        payers.user_id as identifier_value,
        payers.first_seen_at,
        payers.last_seen_at
    from payers

    inner join customers
        on payers.stripe_customer_id = customers.stripe_customer_id

    where customers.user_id is null

    union all

    select
        'stripe:' || guest_id as source_record_key,
        'email' as identifier_type,
        receipt_email as identifier_value,
        created_at as first_seen_at,
        created_at as last_seen_at
    from guests
    where receipt_email is not null

)

select * from final
