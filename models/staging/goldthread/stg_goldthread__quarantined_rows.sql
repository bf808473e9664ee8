with

source as (

    select * from {{ source('raw_goldthread', 'quarantined_rows') }}

),

-- A file read again after it was rewritten reports the same broken row again.
ranked as (

    select
        *,
        row_number() over (
            partition by source, source_table, source_file, row_number, raw
            order by quarantined_at, reason, row_key
        ) as copy_rank
    from source

),

renamed as (

    select
        ---------- strings
        source,
        source_table,
        source_file,
        row_key,
        reason,
        raw,

        ---------- numerics
        row_number,

        ---------- timestamps
        quarantined_at

    from ranked

    where copy_rank = 1

)

select * from renamed
