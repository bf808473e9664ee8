with

source as (

    select * from {{ source('raw_stripe', 'charges') }}

),

minor_units as (

    select
        currency,
        units_per_major
    from {{ ref('stripe_minor_units') }}

),

country_names as (

    select
        name_key,
        country
    from {{ ref('country_names') }}

),

calling_codes as (

    select
        country,
        calling_code,
        trunk_prefix,
        shortest_number,
        longest_number
    from {{ ref('calling_codes') }}

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

deduplicated as (

    select
        *,
        upper(trim(currency)) as currency_code,
        {{ json_text('billing_details', 'name') }} as billing_name,
        {{ phone_digits(json_text('billing_details', 'phone')) }} as phone_number,
        {{ normalize_country_key(json_text('billing_details', 'address.country')) }} as country_key
    from ranked
    where copy_rank = 1

),

renamed as (

    select
        ---------- ids
        deduplicated.id as charge_id,
        nullif(trim(deduplicated.customer), '') as stripe_customer_id,
        {{ normalize_text(json_text('deduplicated.metadata', 'purchase_id')) }} as purchase_id,
        {{ normalize_text(json_text('deduplicated.metadata', 'user_id')) }} as user_id,

        ---------- strings
        deduplicated.currency_code as currency,
        deduplicated.status,
        {{ normalize_email('deduplicated.receipt_email') }} as receipt_email,
        {{ normalize_email(json_text('deduplicated.billing_details', 'email')) }} as billing_email,
        {{ given_names_of('deduplicated.billing_name') }} as billing_first_name,
        {{ family_name_of('deduplicated.billing_name') }} as billing_last_name,
        {{ normalize_phone(
            'deduplicated.phone_number', 'calling_codes', 'deduplicated.country_key'
        ) }} as billing_phone,
        {{ normalize_text(json_text('deduplicated.billing_details', 'address.line1')) }}
            as billing_address_line,
        {{ normalize_text(json_text('deduplicated.billing_details', 'address.city')) }}
            as billing_city,
        {{ normalize_postal_code(
            json_text('deduplicated.billing_details', 'address.postal_code')
        ) }} as billing_postal_code,
        country_names.country as billing_country,

        ---------- numerics
        cast(
            deduplicated.amount / coalesce(minor_units.units_per_major, 100) as decimal(18, 2)
        ) as charge_amount,
        cast(
            coalesce(deduplicated.amount_refunded, 0)
            / coalesce(minor_units.units_per_major, 100) as decimal(18, 2)
        ) as refunded_amount,

        ---------- timestamps
        deduplicated.created as created_at,

        ---------- lineage
        deduplicated._source_file as source_file,
        deduplicated._row_number as row_number,
        deduplicated._loaded_at as loaded_at

    from deduplicated

    left join minor_units
        on deduplicated.currency_code = minor_units.currency

    left join country_names
        on deduplicated.country_key = country_names.name_key

    -- A row that names no country at all is dialled as in the default country.
    left join calling_codes
        on
            calling_codes.country = case
                when deduplicated.country_key is null then '{{ var("phone_default_country") }}'
                else country_names.country
            end

)

select * from renamed
