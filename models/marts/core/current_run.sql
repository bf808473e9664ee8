with

runs as (

    select
        run_id,
        run_number,
        as_of
    from {{ ref('stg_goldthread__runs') }}

),

newest as (

    select max(run_number) as run_number from runs

),

final as (

    select
        ---------- ids
        runs.run_id,

        ---------- numerics
        runs.run_number,

        ---------- timestamps
        runs.as_of

    from runs

    inner join newest
        on runs.run_number = newest.run_number

)

select * from final
