with

attribute_values as (

    select * from {{ ref('int_customer_360__attribute_values') }}

),

name_evidence as (

    select * from {{ ref('int_customer_360__name_evidence') }}

),

shared_identifiers as (

    select * from {{ ref('customer_identifiers') }}
    where identifier_type in ('email', 'phone') and is_shared

),

places as (

    select * from {{ ref('int_customer_360__places') }}

),

priorities as (

    select * from {{ ref('source_priorities') }}

),

corrections as (

    select * from {{ ref('int_customer_360__corrections') }}

),

weighed as (

    select
        attribute_values.customer_id,
        attribute_values.source_record_key,
        attribute_values.source,
        attribute_values.source_record_id,
        attribute_values.inputs_hash,
        attribute_values.attribute,
        attribute_values.unit,
        attribute_values.rule,
        attribute_values.tolerated_edits,
        attribute_values.value,
        attribute_values.value_key,
        case
            when shared_identifiers.customer_id is not null then 'shared'
            else name_evidence.doubt
        end as doubt,
        coalesce(priorities.priority, 50) as priority,
        case when name_evidence.is_confirmed then 3 else 0 end
        + {{ spelling_care('attribute_values.value') }} as spelling_level,
        -- A part of a place the customer has left is no candidate any more.
        case
            when attribute_values.unit <> 'address' then 1
            when
                case attribute_values.attribute
                    when 'country' then places.is_country_telling
                    when 'address_line' then places.is_current_street
                    else places.is_current_place
                end
                then 1
            else 2
        end as standing,
        attribute_values.observed_at
    from attribute_values

    left join name_evidence
        on
            attribute_values.customer_id = name_evidence.customer_id
            and attribute_values.source_record_key = name_evidence.source_record_key
            and attribute_values.attribute = name_evidence.attribute

    left join shared_identifiers
        on
            attribute_values.customer_id = shared_identifiers.customer_id
            and attribute_values.attribute = shared_identifiers.identifier_type
            and attribute_values.value = shared_identifiers.identifier_value

    left join places
        on
            attribute_values.customer_id = places.customer_id
            and attribute_values.source_record_key = places.source_record_key

    left join priorities
        on attribute_values.source = priorities.source

),

final as (

    select * from weighed
    union all
    select * from corrections

)

select * from final
