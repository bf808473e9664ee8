-- People's decisions hold: records kept apart are two customers, linked ones are one. Only a link
-- that other decisions contradict waits (it stands in the review queue): apart is the careful side.
{{ config(group='identity') }}

with

decided as (

    select
        overrides.override_id,
        overrides.override_type,
        least(left_records.customer_id, right_records.customer_id) as first_id,
        greatest(left_records.customer_id, right_records.customer_id) as second_id
    from {{ ref('int_identity__active_overrides') }} as overrides

    inner join {{ ref('customer_source_records') }} as left_records
        on overrides.left_key = left_records.source_record_key

    inner join {{ ref('customer_source_records') }} as right_records
        on overrides.right_key = right_records.source_record_key

),

kept_apart as (

    select distinct
        first_id,
        second_id
    from decided
    where override_type = 'cannot_link'

)

select
    decided.override_id,
    decided.override_type
from decided

left join kept_apart
    on
        decided.first_id = kept_apart.first_id
        and decided.second_id = kept_apart.second_id

where
    case decided.override_type
        when 'cannot_link' then decided.first_id = decided.second_id
        when 'must_link' then decided.first_id != decided.second_id and kept_apart.first_id is null
    end
