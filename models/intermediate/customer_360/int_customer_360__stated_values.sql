with

rules as (

    select * from {{ ref('survivorship_rules') }}

),

source_records as (

    select
        source_record_key,
        source,
        source_record_id,
        email,
        phone,
        first_name,
        last_name,
        birth_date,
        address_line,
        postal_code,
        city,
        country,
        observed_at
    from {{ ref('source_records') }}
    -- A visitor's values were stated at different times: the messages themselves date them.
    where source <> 'web'

),

owners as (

    select
        source_record_key,
        customer_id
    from {{ ref('customer_source_records') }}

),

deliveries as (

    select
        email,
        reached_at
    from {{ ref('int_customer_360__email_deliveries') }}

),

visitor_values as (

    select * from {{ ref('int_customer_360__visitor_values') }}

),

final as (

    select
        owners.customer_id,
        source_records.source_record_key,
        source_records.source_record_key as version_id,
        source_records.source,
        source_records.source_record_id,
        rules.attribute,
        rules.unit,
        rules.rule,
        rules.tolerated_edits,
        {{ golden_attribute('rules.attribute', 'source_records') }} as value,
        -- A mailed address says something when it was reached, not when it bounced.
        case
            when source_records.source = 'email' then deliveries.reached_at
            else source_records.observed_at
        end as observed_at
    from source_records

    inner join owners
        on source_records.source_record_key = owners.source_record_key

    left join deliveries
        on source_records.email = deliveries.email

    cross join rules

    where {{ golden_attribute('rules.attribute', 'source_records') }} is not null

    union all

    select
        visitor_values.customer_id,
        visitor_values.source_record_key,
        visitor_values.version_id,
        visitor_values.source,
        visitor_values.source_record_id,
        rules.attribute,
        rules.unit,
        rules.rule,
        rules.tolerated_edits,
        {{ golden_attribute('rules.attribute', 'visitor_values') }} as value,
        visitor_values.observed_at
    from visitor_values

    cross join rules

    where {{ golden_attribute('rules.attribute', 'visitor_values') }} is not null

)

select * from final
