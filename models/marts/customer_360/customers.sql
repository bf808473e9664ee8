with

source_records as (

    select
        customer_id,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        count(*) as source_record_count
    from {{ ref('customer_source_records') }}
    group by customer_id

),

events as (

    select
        customer_id,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at
    from {{ ref('events') }}
    where customer_id is not null
    group by customer_id

),

order_totals as (

    select
        customer_id,
        -- Without a rate an order adds nothing to the value, but it was made.
        sum(case when status in ('completed', 'refunded') then 1 else 0 end) as order_count,
        sum(case when is_counted then base_amount end) as lifetime_value_amount
    from {{ ref('orders') }}
    where customer_id is not null
    group by customer_id

),

golden_values as (

    select
        customer_id,
        max(case when attribute = 'email' then value end) as email,
        max(case when attribute = 'phone' then value end) as phone,
        max(case when attribute = 'first_name' then value end) as first_name,
        max(case when attribute = 'last_name' then value end) as last_name,
        max(case when attribute = 'birth_date' then value end) as birth_date,
        max(case when attribute = 'address_line' then value end) as address_line,
        max(case when attribute = 'postal_code' then value end) as postal_code,
        max(case when attribute = 'city' then value end) as city,
        max(case when attribute = 'country' then value end) as country
    from {{ ref('customer_provenance') }}
    group by customer_id

),

final as (

    select
        ---------- ids
        source_records.customer_id,

        ---------- strings
        golden_values.email,
        golden_values.phone,
        golden_values.first_name,
        golden_values.last_name,
        golden_values.address_line,
        golden_values.postal_code,
        golden_values.city,
        golden_values.country,
        '{{ var("base_currency") }}' as currency,

        ---------- numerics
        {{ as_count('source_records.source_record_count') }} as source_record_count,
        {{ as_count('order_totals.order_count') }} as order_count,
        cast(coalesce(order_totals.lifetime_value_amount, 0) as decimal(18, 2))
            as lifetime_value_amount,

        ---------- dates
        cast(golden_values.birth_date as date) as birth_date,

        ---------- timestamps
        least(
            coalesce(source_records.first_seen_at, events.first_seen_at),
            coalesce(events.first_seen_at, source_records.first_seen_at)
        ) as first_seen_at,
        greatest(
            coalesce(source_records.last_seen_at, events.last_seen_at),
            coalesce(events.last_seen_at, source_records.last_seen_at)
        ) as last_seen_at

    from source_records

    left join events
        on source_records.customer_id = events.customer_id

    left join order_totals
        on source_records.customer_id = order_totals.customer_id

    left join golden_values
        on source_records.customer_id = golden_values.customer_id

)

select * from final
