-- An identifier that is not marked as shared stands with one customer: events follow it.
select
    identifier_type,
    identifier_value,
    count(*) as customer_count
from {{ ref('customer_identifiers') }}
where not is_shared
group by 1, 2
having count(*) > 1
