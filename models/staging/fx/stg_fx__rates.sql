with

source as (

    select * from {{ source('raw_fx', 'rates') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by upper({{ trimmed('currency') }}), valid_from
            order by
                _file_version desc,
                _row_number desc,
                _source_file asc
        ) as copy_rank
    from source

),

deduplicated as (

    select * from ranked
    where copy_rank = 1

),

renamed as (

    select
        ---------- strings
        upper({{ trimmed('deduplicated.currency') }}) as currency,

        ---------- numerics
        deduplicated.rate_to_base,

        ---------- dates
        deduplicated.valid_from,

        ---------- lineage
        deduplicated._source_file as source_file,
        deduplicated._row_number as row_number,
        deduplicated._loaded_at as loaded_at

    from deduplicated

)

select * from renamed
