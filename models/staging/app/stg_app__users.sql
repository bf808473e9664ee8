with

source as (

    select * from {{ source('raw_app', 'users') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by {{ trimmed('user_id') }}
            order by
                coalesce(updated_at, created_at) desc,
                _file_version desc,
                _row_number desc,
                _source_file asc
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
        {{ trimmed('newest.user_id') }} as user_id,

        ---------- strings
        {{ normalize_email('newest.email') }} as email,
        {{ normalize_text('newest.first_name') }} as first_name,
        {{ normalize_text('newest.last_name') }} as last_name,
        {{ normalize_phone('newest.dialled', 'calling_codes', 'newest.country_key') }} as phone,
        {{ normalize_text('newest.address_line') }} as address_line,
        {{ normalize_postal_code('newest.postal_code') }} as postal_code,
        {{ normalize_text('newest.city') }} as city,
        country_names.country,

        ---------- dates
        newest.birth_date,

        ---------- timestamps
        coalesce(newest.created_at, newest.updated_at) as created_at,
        coalesce(newest.updated_at, newest.created_at) as updated_at,

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
