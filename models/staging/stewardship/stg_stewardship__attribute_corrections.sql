with

source as (

    select * from {{ source('raw_stewardship', 'attribute_corrections') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by correction_id
            order by
                decided_at desc,
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
        ---------- ids
        deduplicated.correction_id,
        {{ trimmed('deduplicated.source_record_id') }} as source_record_id,

        ---------- strings
        lower({{ trimmed('deduplicated.source') }}) as source,
        lower({{ trimmed('deduplicated.attribute') }}) as attribute,
        deduplicated.value,
        deduplicated.decided_by,
        deduplicated.reason,

        ---------- timestamps
        deduplicated.decided_at,

        ---------- lineage
        deduplicated._source_file as source_file,
        deduplicated._row_number as row_number,
        deduplicated._loaded_at as loaded_at

    from deduplicated

)

select * from renamed
