-- People's decisions hold: records kept apart are two customers, linked ones are one.
{{ config(group='identity') }}

select
    overrides.override_id,
    overrides.override_type
from {{ ref('int_identity__active_overrides') }} as overrides

inner join {{ ref('customer_source_records') }} as left_records
    on overrides.left_key = left_records.source_record_key

inner join {{ ref('customer_source_records') }} as right_records
    on overrides.right_key = right_records.source_record_key

where
    case overrides.override_type
        when 'cannot_link' then left_records.customer_id = right_records.customer_id
        when 'must_link' then left_records.customer_id != right_records.customer_id
    end
