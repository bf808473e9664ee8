-- Provenance names a source record of the same customer.
select
    provenance.customer_id,
    provenance.attribute,
    provenance.source,
    provenance.source_record_id
from {{ ref('customer_provenance') }} as provenance

left join {{ ref('customer_source_records') }} as records
    on
        provenance.customer_id = records.customer_id
        and provenance.source = records.source
        and provenance.source_record_id = records.source_record_id

where records.customer_id is null
