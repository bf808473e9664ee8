with

source as (

    select * from {{ source('raw_goldthread', 'runs') }}

),

renamed as (

    select
        ---------- ids
        run_id,

        ---------- strings
        command,

        ---------- numerics
        run_number,

        ---------- timestamps
        as_of

    from source

)

select * from renamed
