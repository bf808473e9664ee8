with

source as (

    select * from {{ source('raw_goldthread', 'value_issues') }}

),

-- A file read again after it was rewritten reports the same value again.
ranked as (

    select
        *,
        row_number() over (
            partition by
                source,
                source_table,
                source_file,
                row_number,
                row_key,
                column_name,
                raw_value
            order by noticed_at, reason
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
        column_name,
        raw_value,
        reason,

        ---------- numerics
        row_number,

        ---------- timestamps
        noticed_at

    from ranked

    where copy_rank = 1

)

select * from renamed
