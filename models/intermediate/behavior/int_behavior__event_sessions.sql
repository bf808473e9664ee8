with

activity as (

    select
        message_id,
        occurred_at,
        campaign_name,
        coalesce('anonymous_id:' || anonymous_id, 'user_id:' || user_id) as visitor_key,
        case when campaign_name is null then 0 else 1 end as has_campaign
    from {{ ref('stg_web__messages') }}
    where message_type in ('page', 'screen', 'track')

),

paced as (

    select
        *,
        lag(occurred_at) over (
            partition by visitor_key order by occurred_at, message_id
        ) as previous_at
    from activity
    where visitor_key is not null

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

-- Among the events of a visit that name a campaign, the one before is the campaign of the running
-- session: a session that a campaign starts begins with the event that names it.
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
        first_value(message_id) over (
            partition by visitor_key, session_number order by occurred_at, message_id
            rows between unbounded preceding and current row
        ) as first_message_id
    from numbered

),

final as (

    select
        ---------- ids
        message_id,
        {{ dbt.hash("visitor_key || ':' || first_message_id") }} as session_id,
        first_message_id,

        ---------- strings
        visitor_key

    from opened

)

select * from final
