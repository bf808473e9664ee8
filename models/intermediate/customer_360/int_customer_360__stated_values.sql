with

rules as (

    select * from {{ ref('survivorship_rules') }}

),

source_records as (

    select * from {{ ref('source_records') }}
    -- A visitor's values were stated at different times: the messages themselves date them.
    where source <> 'web'

),

-- Only customers of whom anything changed are chosen for again.
touched as (

    select * from ({{ golden_inputs() }}) as inputs
    {{ unless_chosen('inputs') }}

),

owners as (

    select
        records.source_record_key,
        touched.customer_id,
        touched.inputs_hash
    from {{ ref('customer_source_records') }} as records
    inner join touched on records.customer_id = touched.customer_id

),

deliveries as (

    select * from {{ ref('int_customer_360__email_deliveries') }}

),

visitor_values as (

    select
        said.*,
        touched.inputs_hash
    from {{ ref('int_customer_360__visitor_values') }} as said
    inner join touched on said.customer_id = touched.customer_id

),

final as (

    select
        owners.customer_id,
        owners.inputs_hash,
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
        visitor_values.inputs_hash,
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
