-- A suppression of a type of identifier that nobody has closes nothing: until its word is mended
-- (email, phone, user_id, ...) nothing is published and nobody is sent anything.
select
    suppressions.suppression_id,
    suppressions.identifier_type,
    suppressions.source_file,
    suppressions.row_number
from {{ ref('stg_stewardship__suppressions') }} as suppressions

left join {{ ref('identity_rules') }} as rules
    on suppressions.identifier_type = rules.identifier_type

where rules.identifier_type is null
