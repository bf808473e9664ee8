with

source as (

    select * from {{ source('raw_stripe', 'charges') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by id
            order by
                _file_version desc,
                _row_number desc,
                _source_file asc
        ) as copy_rank
    from source

),

newest as (

    select
        *,
        upper({{ trimmed('currency') }}) as currency_code,
        {{ json_text('billing_details', 'name') }} as billing_name,
        {{ phone_digits(json_text('billing_details', 'phone')) }} as dialled,
        {{ normalize_country_key(json_text('billing_details', 'address.country')) }} as country_key
    from ranked
    where copy_rank = 1

),

renamed as (

    select
        ---------- ids
        newest.id as charge_id,
        nullif({{ trimmed('newest.customer') }}, '') as stripe_customer_id,
        {{ id_in('newest.metadata', 'purchase_id') }} as purchase_id,
        {{ id_in('newest.metadata', 'user_id') }} as user_id,

        ---------- strings
        newest.currency_code as currency,
        newest.status,
        {{ normalize_email('newest.receipt_email') }} as receipt_email,
        {{ email_in(json_text('newest.billing_details', 'email')) }} as billing_email,
        {{ given_names_of('newest.billing_name') }} as billing_first_name,
        {{ family_name_of('newest.billing_name') }} as billing_last_name,
        {{ normalize_phone('newest.dialled', 'calling_codes', 'newest.country_key') }}
            as billing_phone,
        {{ normalize_text(json_text('newest.billing_details', 'address.line1')) }}
            as billing_address_line,
        {{ normalize_text(json_text('newest.billing_details', 'address.city')) }}
            as billing_city,
        {{ normalize_postal_code(
            json_text('newest.billing_details', 'address.postal_code')
        ) }} as billing_postal_code,
        country_names.country as billing_country,

        ---------- numerics
        {{ major_units('newest.amount', 'coalesce(minor_units.units_per_major, 100)') }}
            as charge_amount,
        {{ major_units(
            'coalesce(newest.amount_refunded, 0)', 'coalesce(minor_units.units_per_major, 100)'
        ) }} as refunded_amount,

        ---------- timestamps
        newest.created as created_at,

        ---------- lineage
        newest._source_file as source_file,
        newest._row_number as row_number,
        newest._loaded_at as loaded_at

    from newest

    left join {{ ref('stripe_minor_units') }} as minor_units
        on newest.currency_code = minor_units.currency

    left join {{ ref('country_names') }} as country_names
        on newest.country_key = country_names.name_key

    left join {{ ref('calling_codes') }} as calling_codes
        on calling_codes.country = {{ dialled_in('country_names.country', 'newest.country_key') }}

)

select * from renamed
