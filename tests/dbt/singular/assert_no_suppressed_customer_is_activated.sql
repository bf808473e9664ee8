-- A suppression of any identifier of a customer, shared or not, closes every purpose it names.
select
    verdicts.customer_id,
    verdicts.purpose,
    verdicts.audience
from {{ ref('activation_verdicts') }} as verdicts

inner join {{ ref('customer_identifiers') }} as identifiers
    on verdicts.customer_id = identifiers.customer_id

inner join {{ ref('stg_stewardship__suppressions') }} as suppressions
    on
        identifiers.identifier_type = suppressions.identifier_type
        and identifiers.identifier_value = suppressions.identifier_value

where
    verdicts.is_allowed
    and coalesce(suppressions.purpose, verdicts.purpose) = verdicts.purpose
