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
        {{ phone_digits('identifier_value') }} as phone_number
    from ranked
    where copy_rank = 1

),

renamed as (

    select
        ---------- ids
        deduplicated.suppression_id,

        ---------- strings
        lower(trim(deduplicated.identifier_type)) as identifier_type,
        -- A phone number that cannot be read keeps its spelling: a suppression is never dropped.
        coalesce(
            case lower(trim(deduplicated.identifier_type))
                when 'email' then {{ normalize_email('deduplicated.identifier_value') }}
                when 'phone'
                    then {{ normalize_phone(
                        'deduplicated.phone_number', 'default_calling_code', 'null'
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
