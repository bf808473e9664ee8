with

messages as (

    select
        message_type,
        coalesce(anonymous_id, 'user:' || user_id) as visitor_id,
        anonymous_id,
        user_id,
        previous_id,
        email,
        phone,
        occurred_at
    from {{ ref('stg_web__messages') }}

),

seen as (

    {% for identifier_type in ['anonymous_id', 'user_id', 'email', 'phone'] %}
        select
            visitor_id,
            '{{ identifier_type }}' as identifier_type,
            {{ identifier_type }} as identifier_value,
            min(occurred_at) as first_seen_at,
            max(occurred_at) as last_seen_at
        from messages
        where {{ identifier_type }} is not null
        group by 1, 2, 3

        union all

    {% endfor %}
    -- An alias says that the device known as previous_id is the user's.
    select
        aliases.previous_id as visitor_id,
        'user_id' as identifier_type,
        aliases.user_id as identifier_value,
        min(aliases.occurred_at) as first_seen_at,
        max(aliases.occurred_at) as last_seen_at
    from messages as aliases

    where
        aliases.message_type = 'alias'
        and aliases.user_id is not null
        and aliases.previous_id != aliases.user_id
        and aliases.previous_id in (select messages.anonymous_id from messages)
    group by 1, 2, 3

),

blocked as (

    {{ blocked_identifiers('seen') }}

),

final as (

    select
        ---------- ids
        seen.visitor_id,

        ---------- strings
        seen.identifier_type,
        seen.identifier_value,

        ---------- timestamps
        min(seen.first_seen_at) as first_seen_at,
        max(seen.last_seen_at) as last_seen_at

    from seen

    left join blocked
        on
            seen.identifier_type = blocked.identifier_type
            and seen.identifier_value = blocked.identifier_value

    where blocked.identifier_type is null
    group by 1, 2, 3

)

select * from final
