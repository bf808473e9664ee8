with

source as (

    select * from {{ source('raw_stripe', 'customers') }}

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
        {{ phone_digits('phone') }} as dialled,
        {{ normalize_country_key(json_text('address', 'country')) }} as country_key
    from ranked
    where copy_rank = 1

),

renamed as (

    select
        ---------- ids
        newest.id as stripe_customer_id,
        {{ id_in('newest.metadata', 'user_id') }} as user_id,

        ---------- strings
        {{ normalize_email('newest.email') }} as email,
        {{ given_names_of('newest.name') }} as first_name,
        {{ family_name_of('newest.name') }} as last_name,
        {{ normalize_phone('newest.dialled', 'calling_codes', 'newest.country_key') }} as phone,
        {{ normalize_text(json_text('newest.address', 'line1')) }} as address_line,
        {{ normalize_text(json_text('newest.address', 'city')) }} as city,
        {{ normalize_postal_code(json_text('newest.address', 'postal_code')) }}
            as postal_code,
        {{ normalize_text(json_text('newest.address', 'state')) }} as state,
        country_names.country,

        ---------- timestamps
        newest.created as created_at,

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
