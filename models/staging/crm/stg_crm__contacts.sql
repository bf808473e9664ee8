with

source as (

    select * from {{ source('raw_crm', 'contacts') }}

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
            partition by contact_id
            order by
                updated_at desc,
                _row_hash asc,
                _source_file asc,
                _file_version asc,
                _row_number asc
        ) as copy_rank
    from source

),

deduplicated as (

    select
        *,
        {{ phone_digits('phone') }} as phone_number,
        {{ normalize_country_key('country') }} as country_key
    from ranked
    where copy_rank = 1

),

renamed as (

    select
        ---------- ids
        deduplicated.contact_id,

        ---------- strings
        {{ normalize_email('deduplicated.email') }} as email,
        {{ normalize_text('deduplicated.first_name') }} as first_name,
        {{ normalize_text('deduplicated.last_name') }} as last_name,
        {{ normalize_phone(
            'deduplicated.phone_number', 'calling_codes', 'deduplicated.country_key'
        ) }} as phone,
        {{ normalize_text('deduplicated.company') }} as company,
        {{ normalize_text('deduplicated.address_line') }} as address_line,
        {{ normalize_postal_code('deduplicated.postal_code') }} as postal_code,
        {{ normalize_text('deduplicated.city') }} as city,
        country_names.country,
        {{ normalize_text('deduplicated.lifecycle_stage') }} as lifecycle_stage,

        ---------- dates
        deduplicated.birth_date,

        ---------- timestamps
        deduplicated.updated_at,

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
