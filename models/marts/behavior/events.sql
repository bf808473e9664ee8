with

messages as (

    select
        message_id,
        message_type,
        anonymous_id,
        user_id,
        event_name,
        page_name,
        page_path,
        campaign_name,
        product_id,
        product_category,
        properties,
        occurred_at,
        received_at
    from {{ ref('stg_web__messages') }}

),

event_sessions as (

    select
        message_id,
        session_id
    from {{ ref('int_behavior__event_sessions') }}

),

owners as (

    select
        identifier_type,
        identifier_value,
        customer_id
    from {{ ref('customer_identifiers') }}
    where identifier_type in ('user_id', 'anonymous_id') and not is_shared

),

final as (

    select
        ---------- ids
        messages.message_id as event_id,
        -- The login decides; a device only where it is one person's.
        coalesce(logins.customer_id, devices.customer_id) as customer_id,
        event_sessions.session_id,
        messages.anonymous_id,
        messages.user_id,
        messages.product_id,

        ---------- strings
        messages.message_type as event_type,
        -- Clients may name an event in other calls too, such as the screen of a screen call.
        case
            when messages.message_type = 'track'
                then coalesce(messages.event_name, messages.message_type)
            else messages.message_type
        end as event_name,
        messages.page_name,
        messages.page_path,
        messages.campaign_name,
        messages.product_category,
        messages.properties,

        ---------- timestamps
        messages.occurred_at,
        messages.received_at

    from messages

    left join event_sessions
        on messages.message_id = event_sessions.message_id

    left join owners as logins
        on
            logins.identifier_type = 'user_id'
            and messages.user_id = logins.identifier_value

    left join owners as devices
        on
            devices.identifier_type = 'anonymous_id'
            and messages.anonymous_id = devices.identifier_value

)

select * from final
