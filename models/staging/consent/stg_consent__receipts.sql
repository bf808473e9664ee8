with

source as (

    select * from {{ source('raw_consent', 'receipts') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by receipt_id
            order by
                _row_hash,
                _source_file,
                _file_version,
                _row_number
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
        deduplicated.receipt_id,

        ---------- strings
        deduplicated.identifier_type,
        -- A phone number that cannot be read keeps its spelling: a denial is never dropped.
        coalesce(
            case deduplicated.identifier_type
                when 'email' then {{ normalize_email('deduplicated.identifier_value') }}
                when 'phone'
                    then {{ normalize_phone('deduplicated.dialled', 'home_codes', 'null') }}
            end,
            {{ trimmed('deduplicated.identifier_value') }}
        ) as identifier_value,
        deduplicated.purposes,
        deduplicated.jurisdiction,
        deduplicated.tcf_purposes,

        ---------- booleans
        deduplicated.gpc as has_gpc,

        ---------- timestamps
        deduplicated.collected_at,

        ---------- lineage
        deduplicated._source_file as source_file,
        deduplicated._row_number as row_number,
        deduplicated._loaded_at as loaded_at

    from deduplicated

    -- The default country may be empty: then no row joins.
    left join {{ ref('calling_codes') }} as home_codes
        on
            home_codes.country = '{{ var("phone_default_country") }}'
            and deduplicated.identifier_type = 'phone'

)

select * from renamed
