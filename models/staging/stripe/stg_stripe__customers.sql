with

source as (

    select * from {{ source('raw_stripe', 'customers') }}

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
        {{ phone_digits('phone') }} as phone_number,
        {{ normalize_country_key(json_text('address', 'country')) }} as country_key
    from ranked
    where copy_rank = 1

),

renamed as (

    select
        ---------- ids
        deduplicated.id as stripe_customer_id,
        {{ normalize_text(json_text('deduplicated.metadata', 'user_id')) }} as user_id,

        ---------- strings
        {{ normalize_email('deduplicated.email') }} as email,
        {{ given_names_of('deduplicated.name') }} as first_name,
        {{ family_name_of('deduplicated.name') }} as last_name,
        {{ normalize_phone(
            'deduplicated.phone_number', 'calling_codes', 'deduplicated.country_key'
        ) }} as phone,
        {{ normalize_text(json_text('deduplicated.address', 'line1')) }} as address_line,
        {{ normalize_text(json_text('deduplicated.address', 'city')) }} as city,
        {{ normalize_postal_code(json_text('deduplicated.address', 'postal_code')) }}
            as postal_code,
        {{ normalize_text(json_text('deduplicated.address', 'state')) }} as state,
        country_names.country,

        ---------- timestamps
        deduplicated.created as created_at,

        ---------- lineage
        deduplicated._source_file as source_file,
        deduplicated._row_number as row_number,
        deduplicated._loaded_at as loaded_at

    from deduplicated

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
