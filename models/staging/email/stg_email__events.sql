with

source as (

    select * from {{ source('raw_email', 'events') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by sg_event_id
            order by
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
        deduplicated.sg_event_id,
        deduplicated.sg_message_id,
        deduplicated.campaign_id,

        ---------- strings
        {{ normalize_email('deduplicated.email') }} as email,
        deduplicated.event as event_type,
        deduplicated.url,
        deduplicated.reason,

        ---------- timestamps
        deduplicated.timestamp as occurred_at,

        ---------- lineage
        deduplicated._source_file as source_file,
        deduplicated._row_number as row_number,
        deduplicated._loaded_at as loaded_at

    from deduplicated

)

select * from renamed
