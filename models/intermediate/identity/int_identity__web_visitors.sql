{% set traits = [
    'email', 'phone', 'first_name', 'last_name', 'birth_date',
    'address_line', 'postal_code', 'city', 'country'
] %}

with

messages as (

    select
        message_id,
        coalesce(anonymous_id, 'user:' || user_id) as visitor_id,
        occurred_at,
        {{ traits | join(', ') }}
    from {{ ref('stg_web__messages') }}

),

seen as (

    select
        visitor_id,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at
    from messages
    where visitor_id is not null
    group by visitor_id

),

described as (

    select
        {% for trait in traits -%}
            {{ newest_value(trait, 'occurred_at', 'message_id') }} as {{ trait }},
        {% endfor %}
        visitor_id
    from messages
    where coalesce(email, phone, first_name, last_name, address_line, postal_code, city) is not null
    group by visitor_id

),

known as (

    select
        visitor_id,
        max(case when identifier_type = 'anonymous_id' then 1 else 0 end) as device_count,
        sum(case when identifier_type = 'user_id' then 1 else 0 end) as user_id_count,
        max(case when identifier_type = 'user_id' then identifier_value end) as user_id
    from {{ ref('int_identity__web_identifiers') }}
    group by visitor_id

),

-- Nobody's device: several people logged in there, or its id is a blocked value ('null', zeros)
-- that many devices send.
visitors as (

    select
        seen.visitor_id,
        seen.first_seen_at,
        seen.last_seen_at,
        known.user_id,
        coalesce(known.user_id_count, 0) as user_id_count,
        coalesce(known.user_id_count, 0) > 1
        or (
            coalesce(known.device_count, 0) = 0
            and coalesce('user:' || known.user_id, '') != seen.visitor_id
        ) as is_shared
    from seen

    left join known
        on seen.visitor_id = known.visitor_id

),

final as (

    select
        ---------- ids
        visitors.visitor_id,
        case when not visitors.is_shared then visitors.user_id end as user_id,

        ---------- the person, as the newest messages have it
        {% for trait in traits -%}
            case when not visitors.is_shared then described.{{ trait }} end as {{ trait }},
        {% endfor %}
        ---------- numerics
        visitors.user_id_count,

        ---------- booleans
        visitors.is_shared,

        ---------- timestamps
        visitors.first_seen_at,
        visitors.last_seen_at

    from visitors

    left join described
        on visitors.visitor_id = described.visitor_id

)

select * from final
