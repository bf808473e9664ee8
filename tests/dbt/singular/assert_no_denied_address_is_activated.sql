-- Nobody is allowed for a purpose that the very address to be written to denies, whether or not a
-- record holds it: a steward may have corrected it.
with

addresses as (

    {{ golden_addresses() }}

)

select
    verdicts.customer_id,
    verdicts.purpose,
    verdicts.audience
from {{ ref('consent_signals') }} as signals

inner join addresses
    on
        signals.identifier_type = addresses.identifier_type
        and signals.identifier_value = addresses.identifier_value

inner join {{ ref('activation_verdicts') }} as verdicts
    on
        addresses.customer_id = verdicts.customer_id
        and signals.purpose = verdicts.purpose

where signals.is_current and not signals.is_granted and verdicts.is_allowed
