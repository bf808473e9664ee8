with

overrides as (

    select * from {{ ref('stg_stewardship__identity_overrides') }}

),

keyed as (

    select
        override_id,
        override_type,
        decided_by,
        reason,
        decided_at,
        least(
            left_source || ':' || left_source_record_id,
            right_source || ':' || right_source_record_id
        ) as left_key,
        greatest(
            left_source || ':' || left_source_record_id,
            right_source || ':' || right_source_record_id
        ) as right_key
    from overrides
    where
        coalesce(decided_at, {{ as_of() }}) <= {{ as_of() }}
        and (expires_at is null or expires_at > {{ as_of() }})

),

-- The newest decision on a pair holds; of two at one moment, the careful one. So it is where one
-- has no date: nobody can tell which is the newer one.
ranked as (

    select
        *,
        row_number() over (
            partition by left_key, right_key
            order by
                case when decided_at is null and override_type = 'cannot_link' then 0 else 1 end,
                decided_at desc nulls last,
                override_type asc,
                override_id asc
        ) as decision_rank
    from keyed
    where left_key != right_key

),

final as (

    select
        ---------- ids
        override_id,
        left_key,
        right_key,

        ---------- strings
        override_type,
        coalesce(decided_by, 'unknown') as decided_by,
        coalesce(reason, 'no reason given') as reason,

        ---------- timestamps
        decided_at

    from ranked

    where decision_rank = 1

)

select * from final
