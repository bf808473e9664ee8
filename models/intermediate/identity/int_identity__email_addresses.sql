with

events as (

    select
        email,
        occurred_at
    from {{ ref('stg_email__events') }}

),

final as (

    select
        ---------- ids
        email,

        ---------- timestamps
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at

    from events

    where email is not null
    group by 1

)

select * from final
