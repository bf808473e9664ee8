-- Nobody is lost on the way: each source record stands with exactly one customer, singletons too.
{{ config(group='identity') }}

select
    source_records.source_record_key,
    count(customer_source_records.customer_id) as customer_count
from {{ ref('int_identity__source_records') }} as source_records

left join {{ ref('customer_source_records') }} as customer_source_records
    on source_records.source_record_key = customer_source_records.source_record_key

group by 1
having count(customer_source_records.customer_id) <> 1
