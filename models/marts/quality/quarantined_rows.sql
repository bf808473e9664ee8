with

final as (

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

    from {{ ref('stg_goldthread__quarantined_rows') }}

)

select * from final
