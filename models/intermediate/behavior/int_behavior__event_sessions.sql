-- A late event may split, join or extend any of its visitor's sessions: they are all told anew, and
-- nobody else's.
with

visitors as (

    select * from ({{ visitor_activity() }}) as active
    {{ only_new('active', 'visitor_key') }}

),

activity as (

    select
        messages.message_id,
        messages.occurred_at,
        messages.campaign_name,
        visitors.visitor_key,
        visitors.activity_hash,
        case when messages.campaign_name is null then 0 else 1 end as has_campaign
    from {{ ref('stg_web__messages') }} as messages
    inner join visitors
        on {{ visitor_key('messages') }} = visitors.visitor_key
    where messages.message_type in ('page', 'screen', 'track')

),

paced as (

    select
        *,
        lag(occurred_at) over (
            partition by visitor_key order by occurred_at, message_id
        ) as previous_at
    from activity

),

visits as (

    select
        *,
        sum(
            case
                when previous_at is null then 1
                when occurred_at > {{ dbt.dateadd('minute', 30, 'previous_at') }} then 1
                else 0
            end
        ) over (
            partition by visitor_key order by occurred_at, message_id
            rows between unbounded preceding and current row
        ) as visit_number
    from paced

),

-- Of a visit's events that name a campaign, the one before names the running session's: a session
-- that a campaign starts begins with the event that names it.
campaigns as (

    select
        *,
        lag(campaign_name) over (
            partition by visitor_key, visit_number, has_campaign
            order by occurred_at, message_id
        ) as running_campaign
    from visits

),

numbered as (

    select
        *,
        visit_number + sum(case when campaign_name <> running_campaign then 1 else 0 end) over (
            partition by visitor_key order by occurred_at, message_id
            rows between unbounded preceding and current row
        ) as session_number
    from campaigns

),

opened as (

    select
        message_id,
        visitor_key,
        activity_hash,
        first_value(message_id) over (
            partition by visitor_key, session_number order by occurred_at, message_id
            rows between unbounded preceding and current row
        ) as first_message_id
    from numbered

),

final as (

    select
        message_id,
        {{ dbt.hash("visitor_key || ':' || first_message_id") }} as session_id,
        first_message_id,
        visitor_key,
        activity_hash
    from opened

)

select * from final
