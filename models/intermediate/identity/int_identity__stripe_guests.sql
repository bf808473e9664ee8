with

charges as (

    select * from {{ ref('stg_stripe__charges') }}

),

final as (

    select
        ---------- ids
        'guest:' || charges.charge_id as guest_id,
        charges.charge_id,
        charges.user_id,

        ---------- strings
        coalesce(charges.billing_email, charges.receipt_email) as email,
        charges.receipt_email,
        charges.billing_phone as phone,
        charges.billing_first_name as first_name,
        charges.billing_last_name as last_name,
        charges.billing_address_line as address_line,
        charges.billing_postal_code as postal_code,
        charges.billing_city as city,
        charges.billing_country as country,

        ---------- timestamps
        charges.created_at

    from charges

    where charges.stripe_customer_id is null

)

select * from final
