with

source as (

    select * from {{ source('raw_crm', 'contacts') }}

),

ranked as (

    select
        *,
        min(updated_at) over (partition by contact_id) as first_updated_at,
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

newest as (

    select
        *,
        {{ phone_digits('phone') }} as dialled,
        {{ normalize_country_key('country') }} as country_key
    from ranked
    where copy_rank = 1

),

renamed as (

    select
        ---------- ids
        newest.contact_id,
        {{ normalize_text('newest.user_id') }} as user_id,

        ---------- strings
        {{ normalize_email('newest.email') }} as email,
        {{ normalize_text('newest.first_name') }} as first_name,
        {{ normalize_text('newest.last_name') }} as last_name,
        coalesce(
            {{ normalize_phone('newest.dialled', 'calling_codes', 'newest.country_key') }},
            {{ local_phone('newest.dialled', 'calling_codes') }}
        ) as phone,
        {{ normalize_text('newest.company') }} as company,
        {{ normalize_text('newest.address_line') }} as address_line,
        {{ normalize_postal_code('newest.postal_code') }} as postal_code,
        {{ normalize_text('newest.city') }} as city,
        country_names.country,
        {{ normalize_text('newest.lifecycle_stage') }} as lifecycle_stage,

        ---------- dates
        newest.birth_date,

        ---------- timestamps
        newest.first_updated_at,
        newest.updated_at,

        ---------- lineage
        newest._source_file as source_file,
        newest._row_number as row_number,
        newest._loaded_at as loaded_at

    from newest

    left join {{ ref('country_names') }} as country_names
        on newest.country_key = country_names.name_key

    left join {{ ref('calling_codes') }} as calling_codes
        on calling_codes.country = {{ dialled_in('country_names.country', 'newest.country_key') }}

)

select * from renamed
