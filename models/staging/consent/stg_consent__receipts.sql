with

source as (

    select * from {{ source('raw_consent', 'receipts') }}

),

default_calling_code as (

    select
        country,
        calling_code,
        trunk_prefix,
        shortest_number,
        longest_number
    from {{ ref('calling_codes') }}
    where country = '{{ var("phone_default_country") }}'

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
        {{ phone_digits('identifier_value') }} as phone_number
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
                    then {{ normalize_phone(
                        'deduplicated.phone_number', 'default_calling_code', 'null'
                    ) }}
            end,
            trim(deduplicated.identifier_value)
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

    -- The seed may not know the default country (it may be empty): then no row joins.
    left join default_calling_code
        on deduplicated.identifier_type = 'phone'

)

select * from renamed
