with

source as (

    select * from {{ source('raw_stewardship', 'suppressions') }}

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
            partition by coalesce(suppression_id, _row_hash)
            order by
                suppressed_at desc,
                _row_hash,
                _source_file,
                _file_version,
                _row_number
        ) as copy_rank
    from source

),

deduplicated as (

    select * from ranked
    where copy_rank = 1

),

renamed as (

    select
        ---------- ids
        -- People may leave the id out; then the row's content identifies it.
        coalesce(deduplicated.suppression_id, deduplicated._row_hash) as suppression_id,

        ---------- strings
        lower(trim(deduplicated.identifier_type)) as identifier_type,
        -- A phone number that cannot be read keeps its spelling: a suppression is never dropped.
        coalesce(
            case lower(trim(deduplicated.identifier_type))
                when 'email' then {{ normalize_email('deduplicated.identifier_value') }}
                when 'phone'
                    then {{ normalize_phone(
                        'deduplicated.identifier_value', 'default_calling_code', 'null'
                    ) }}
            end,
            trim(deduplicated.identifier_value)
        ) as identifier_value,
        lower(nullif(trim(deduplicated.purpose), '')) as purpose,
        deduplicated.reason,

        ---------- timestamps
        deduplicated.suppressed_at,

        ---------- lineage
        deduplicated._source_file as source_file,
        deduplicated._row_number as row_number,
        deduplicated._loaded_at as loaded_at

    from deduplicated

    -- The seed may not know the default country (it may be empty): then no row joins.
    left join default_calling_code
        on lower(trim(deduplicated.identifier_type)) = 'phone'

)

select * from renamed
