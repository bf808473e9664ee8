with

source_records as (

    select * from {{ ref('int_identity__source_records') }}

),

final as (

    select
        ---------- ids
        source_record_key,
        source_record_id,
        user_id,

        ---------- strings
        source,
        first_name,
        last_name,
        email,
        phone,
        address_line,
        postal_code,
        city,
        country,

        ---------- dates
        birth_date,

        ---------- timestamps
        first_seen_at,
        last_seen_at,
        observed_at

    from source_records

)

select * from final
