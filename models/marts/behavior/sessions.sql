with

events as (

    select
        session_id,
        customer_id,
        anonymous_id,
        event_type,
        campaign_name,
        occurred_at
    from {{ ref('events') }}
    where session_id is not null

),

grouped as (

    select
        session_id,
        min(customer_id) as first_customer_id,
        max(customer_id) as last_customer_id,
        max(anonymous_id) as anonymous_id,
        -- A session knows one campaign at most: another one starts another session.
        max(campaign_name) as campaign_name,
        count(*) as event_count,
        sum(case when event_type in ('page', 'screen') then 1 else 0 end) as page_count,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at
    from events
    group by session_id

),

final as (

    select
        ---------- ids
        session_id,
        -- Two people who share a device and a session: it is nobody's.
        case when first_customer_id = last_customer_id then first_customer_id end as customer_id,
        anonymous_id,

        ---------- strings
        campaign_name,

        ---------- numerics
        event_count,
        cast(page_count as {{ dbt.type_bigint() }}) as page_count,

        ---------- timestamps
        started_at,
        ended_at

    from grouped

)

select * from final
