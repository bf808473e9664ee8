with

messages as (

    select
        *,
        'web:' || coalesce(anonymous_id, 'user:' || user_id) as source_record_key,
        case when user_id is not null then 'user_id' else 'anonymous_id' end as identifier_type,
        coalesce(user_id, anonymous_id) as identifier_value
    from {{ ref('stg_web__messages') }}
    where
        coalesce(
            email, phone, first_name, last_name, address_line, postal_code, city, country
        ) is not null
        or birth_date is not null

),

owners as (

    select
        source_record_key,
        source_record_id,
        source,
        customer_id
    from {{ ref('customer_source_records') }}
    where source = 'web'

),

identifiers as (

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
        owners.customer_id,
        owners.source_record_key,
        messages.message_id as version_id,
        owners.source,
        owners.source_record_id,

        ---------- what the message says of the person
        messages.email,
        messages.phone,
        messages.first_name,
        messages.last_name,
        messages.birth_date,
        messages.address_line,
        messages.postal_code,
        messages.city,
        messages.country,

        ---------- timestamps
        messages.occurred_at as observed_at

    from messages

    inner join owners
        on messages.source_record_key = owners.source_record_key

    -- Who logged in says whose values they are; without a login, a device of several people says
    -- nothing about any of them.
    inner join identifiers
        on
            messages.identifier_type = identifiers.identifier_type
            and messages.identifier_value = identifiers.identifier_value
            and owners.customer_id = identifiers.customer_id

)

select * from final
