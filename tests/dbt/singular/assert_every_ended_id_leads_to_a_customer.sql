-- An id once issued stays an answer: merged ids resolve to a customer of today, at any distance.
select changes.previous_customer_id
from {{ ref('identity_changes') }} as changes

left join {{ ref('customer_id_redirects') }} as redirects
    on changes.previous_customer_id = redirects.previous_customer_id

left join {{ ref('customer_source_records') }} as still_held
    on changes.previous_customer_id = still_held.customer_id

left join {{ ref('customer_source_records') }} as survivor
    on changes.customer_id = survivor.customer_id

where
    changes.change_type = 'merged'
    and redirects.customer_id is null
    and still_held.customer_id is null
    and survivor.customer_id is not null
