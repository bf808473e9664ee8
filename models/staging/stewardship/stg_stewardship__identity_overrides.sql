with

source as (

    select * from {{ source('raw_stewardship', 'identity_overrides') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by override_id
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
        deduplicated.override_id,
        {{ trimmed('deduplicated.left_source_record_id') }} as left_source_record_id,
        {{ trimmed('deduplicated.right_source_record_id') }} as right_source_record_id,

        ---------- strings
        lower({{ trimmed('deduplicated.override_type') }}) as override_type,
        lower({{ trimmed('deduplicated.left_source') }}) as left_source,
        lower({{ trimmed('deduplicated.right_source') }}) as right_source,
        deduplicated.decided_by,
        deduplicated.reason,

        ---------- timestamps
        deduplicated.decided_at,
        deduplicated.expires_at,

        ---------- lineage
        deduplicated._source_file as source_file,
        deduplicated._row_number as row_number,
        deduplicated._loaded_at as loaded_at

    from deduplicated

)

select * from renamed
