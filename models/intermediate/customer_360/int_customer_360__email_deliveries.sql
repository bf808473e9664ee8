with

outcomes as (

    select
        email,
        event_type,
        occurred_at,
        row_number() over (
            partition by email
            -- At one instant a failure counts: a dead address must not be mailed again.
            order by
                occurred_at desc,
                case when event_type = 'delivered' then 1 else 0 end asc,
                sg_event_id asc
        ) as outcome_rank
    from {{ ref('stg_email__events') }}
    where event_type in ('delivered', 'bounce', 'dropped') and email is not null

),

alive as (

    select
        email,
        max(occurred_at) as reached_at
    from {{ ref('stg_email__events') }}
    where event_type in ('delivered', 'open', 'click') and email is not null
    group by email

),

addresses as (

    select email from outcomes
    where outcome_rank = 1

    union distinct

    select email from alive

),

final as (

    select
        ---------- ids
        addresses.email,

        ---------- booleans
        coalesce(outcomes.event_type, 'delivered') = 'delivered' as is_deliverable,

        ---------- timestamps
        alive.reached_at

    from addresses

    left join outcomes
        on addresses.email = outcomes.email and outcomes.outcome_rank = 1

    left join alive
        on addresses.email = alive.email

)

select * from final
