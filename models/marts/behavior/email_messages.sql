with

email_events as (

    select
        sg_message_id,
        email,
        campaign_id,
        event_type,
        occurred_at
    from {{ ref('stg_email__events') }}
    where sg_message_id is not null and email is not null

),

mailboxes as (

    select
        source_record_id,
        customer_id
    from {{ ref('customer_source_records') }}
    where source = 'email'

),

grouped as (

    select
        sg_message_id,
        email,
        max(campaign_id) as campaign_id,
        min(case when event_type = 'delivered' then occurred_at end) as delivered_at,
        -- Clients that block images still click: a click counts as an open.
        min(case when event_type in ('open', 'click') then occurred_at end) as first_opened_at,
        min(case when event_type = 'click' then occurred_at end) as first_clicked_at,
        min(case when event_type = 'bounce' then occurred_at end) as bounced_at
    from email_events
    group by sg_message_id, email

),

final as (

    select
        ---------- ids
        {{ dbt.hash("grouped.sg_message_id || '|' || grouped.email") }} as email_message_id,
        grouped.sg_message_id,
        mailboxes.customer_id,
        grouped.campaign_id,

        ---------- strings
        grouped.email,

        ---------- booleans
        (grouped.delivered_at is not null) as is_delivered,
        (grouped.first_opened_at is not null) as is_opened,
        (grouped.first_clicked_at is not null) as is_clicked,

        ---------- timestamps
        grouped.delivered_at,
        grouped.first_opened_at,
        grouped.first_clicked_at,
        grouped.bounced_at

    from grouped

    left join mailboxes
        on grouped.email = mailboxes.source_record_id

)

select * from final
