with

charges as (

    select
        *,
        coalesce(stripe_customer_id, 'guest:' || charge_id) as payer_record_id,
        coalesce(receipt_email, billing_email) as payer_email
    from {{ ref('stg_stripe__charges') }}

),

purchases as (

    select * from {{ ref('stg_app__purchases') }}

),

stripe_records as (

    select * from {{ ref('customer_source_records') }}
    where source = 'stripe'

),

owners as (

    select * from {{ ref('customer_identifiers') }}
    where identifier_type in ('stripe_customer_id', 'user_id', 'email') and not is_shared

),

final as (

    select
        ---------- ids
        charges.charge_id,
        purchases.purchase_id,
        -- The payer's own record decides; a payer that Stripe's customer list lacks is looked up.
        coalesce(
            stripe_records.customer_id,
            payers.customer_id,
            logins.customer_id,
            mailboxes.customer_id
        ) as customer_id,

        ---------- strings
        charges.currency,
        charges.status,

        ---------- numerics
        charges.charge_amount,
        charges.refunded_amount,

        ---------- timestamps
        charges.created_at

    from charges

    left join purchases
        on charges.purchase_id = purchases.purchase_id

    left join stripe_records
        on charges.payer_record_id = stripe_records.source_record_id

    left join owners as payers
        on
            payers.identifier_type = 'stripe_customer_id'
            and charges.stripe_customer_id = payers.identifier_value

    left join owners as logins
        on
            logins.identifier_type = 'user_id'
            and charges.user_id = logins.identifier_value

    left join owners as mailboxes
        on
            mailboxes.identifier_type = 'email'
            and charges.payer_email = mailboxes.identifier_value

)

select * from final
