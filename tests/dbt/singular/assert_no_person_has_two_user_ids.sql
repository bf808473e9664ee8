-- A customer has one value of an identifier that is unique per person, unless people linked two.
{{ config(group='identity') }}

select
    customer_source_records.customer_id,
    joining_identifiers.identifier_type,
    count(distinct joining_identifiers.identifier_value) as value_count
from {{ ref('int_identity__joining_identifiers') }} as joining_identifiers

inner join {{ ref('customer_source_records') }} as customer_source_records
    on joining_identifiers.source_record_key = customer_source_records.source_record_key

where
    joining_identifiers.is_unique_per_person
    and customer_source_records.customer_id not in (
        select linked_records.customer_id
        from {{ ref('int_identity__active_overrides') }} as overrides

        inner join {{ ref('customer_source_records') }} as linked_records
            on overrides.left_key = linked_records.source_record_key

        where overrides.override_type = 'must_link'
    )
group by 1, 2
having count(distinct joining_identifiers.identifier_value) > 1
