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

-- Who paid one user's purchases may be that user, or lend them a card: evidence, no login.
payers as (

    select
        coalesce(charges.stripe_customer_id, 'guest:' || charges.charge_id) as payer_id,
        min(purchases.user_id) as user_id,
        min(charges.created_at) as first_seen_at,
        max(charges.created_at) as last_seen_at
    from charges

    inner join purchases
        on charges.purchase_id = purchases.purchase_id

    left join customers
        on charges.stripe_customer_id = customers.stripe_customer_id

    where charges.user_id is null and customers.user_id is null
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
        'stripe:' || payer_id as source_record_key,
        'purchaser' as identifier_type,
        user_id as identifier_value,
        first_seen_at,
        last_seen_at
    from payers

    union all

    select
        'app:' || user_id as source_record_key,
        'purchaser' as identifier_type,
        user_id as identifier_value,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from payers
    group by 1, 2, 3

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
