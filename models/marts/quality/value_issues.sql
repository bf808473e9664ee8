with

final as (

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

    from {{ ref('stg_goldthread__value_issues') }}

)

select * from final
