with

messages as (

    select
        message_id,
        anonymous_id,
        user_id,
        consent_preferences,
        occurred_at
    from {{ ref('stg_web__messages') }}
    where consent_preferences is not null

),

-- The choice stands for the device and, where somebody was logged in, for the person too.
carried as (

    select
        'user_id' as identifier_type,
        user_id as identifier_value,
        message_id,
        consent_preferences,
        occurred_at
    from messages
    where user_id is not null

    union all

    select
        'anonymous_id' as identifier_type,
        anonymous_id as identifier_value,
        message_id,
        consent_preferences,
        occurred_at
    from messages
    where anonymous_id is not null

),

-- What happened by as_of is a run by itself: a grant of later is no signal yet, and must not stand
-- for those before it.
dated as (

    select
        *,
        occurred_at <= {{ as_of() }} as has_happened
    from carried

),

-- Clients stamp the same choice on every message: the first and the last of each run tell it all.
compared as (

    select
        *,
        lag(consent_preferences) over (
            partition by identifier_type, identifier_value, has_happened
            order by occurred_at, message_id
        ) as previous_preferences,
        lead(consent_preferences) over (
            partition by identifier_type, identifier_value, has_happened
            order by occurred_at, message_id
        ) as next_preferences
    from dated

),

final as (

    select
        ---------- ids
        message_id,

        ---------- strings
        identifier_type,
        identifier_value,
        consent_preferences,

        ---------- timestamps
        occurred_at

    from compared

    where
        previous_preferences is null
        or next_preferences is null
        or consent_preferences <> previous_preferences
        or consent_preferences <> next_preferences

)

select * from final
