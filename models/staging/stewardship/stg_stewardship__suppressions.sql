with

source as (

    select * from {{ source('raw_stewardship', 'suppressions') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by suppression_id
            order by
                suppressed_at desc,
                _file_version desc,
                _row_number desc,
                _source_file asc
        ) as copy_rank
    from source

),

deduplicated as (

    select
        *,
        {{ phone_digits('identifier_value') }} as dialled
    from ranked
    where copy_rank = 1

),

renamed as (

    select
        ---------- ids
        deduplicated.suppression_id,

        ---------- strings
        lower({{ trimmed('deduplicated.identifier_type') }}) as identifier_type,
        -- A phone number that cannot be read keeps its spelling: a suppression is never dropped.
        coalesce(
            case lower({{ trimmed('deduplicated.identifier_type') }})
                when 'email' then {{ normalize_email('deduplicated.identifier_value') }}
                when 'phone'
                    then {{ normalize_phone('deduplicated.dialled', 'home_codes', 'null') }}
            end,
            {{ trimmed('deduplicated.identifier_value') }}
        ) as identifier_value,
        -- A purpose that nobody knows closes all of them.
        purposes.purpose,
        deduplicated.reason,

        ---------- timestamps
        deduplicated.suppressed_at,

        ---------- lineage
        deduplicated._source_file as source_file,
        deduplicated._row_number as row_number,
        deduplicated._loaded_at as loaded_at

    from deduplicated

    -- The default country may be empty: then no row joins.
    left join {{ ref('calling_codes') }} as home_codes
        on
            home_codes.country = '{{ var("phone_default_country") }}'
            and lower({{ trimmed('deduplicated.identifier_type') }}) = 'phone'

    left join {{ ref('purposes') }} as purposes
        on lower({{ trimmed('deduplicated.purpose') }}) = purposes.purpose

)

select * from renamed
