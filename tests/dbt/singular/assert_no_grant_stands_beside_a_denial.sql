-- Whatever else is granted, one identifier whose newest signal denies a purpose denies it.
select
    consents.customer_id,
    consents.purpose,
    signals.identifier_type
from {{ ref('consents') }} as consents

inner join {{ ref('customer_identifiers') }} as identifiers
    on consents.customer_id = identifiers.customer_id

inner join {{ ref('consent_signals') }} as signals
    on
        identifiers.identifier_type = signals.identifier_type
        and identifiers.identifier_value = signals.identifier_value
        and consents.purpose = signals.purpose

where consents.status <> 'denied' and signals.is_current and not signals.is_granted
