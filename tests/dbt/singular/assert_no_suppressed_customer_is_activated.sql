-- A suppression of any identifier of a customer, shared or not, or of the address that would be
-- written to, closes every purpose it names.
with

suppressions as (

    select * from {{ ref('stg_stewardship__suppressions') }}

),

known_identifiers as (

    select
        customer_id,
        identifier_type,
        identifier_value
    from {{ ref('customer_identifiers') }}

    union all

    {{ golden_addresses() }}

),

identifiers as (

    select * from known_identifiers

    union all

    {{ local_spellings('suppressions', 'known_identifiers') }}

)

select
    verdicts.customer_id,
    verdicts.purpose,
    verdicts.audience
from {{ ref('activation_verdicts') }} as verdicts

inner join identifiers
    on verdicts.customer_id = identifiers.customer_id

inner join suppressions
    on
        identifiers.identifier_type = suppressions.identifier_type
        and identifiers.identifier_value = suppressions.identifier_value

where
    verdicts.is_allowed
    and coalesce(suppressions.purpose, verdicts.purpose) = verdicts.purpose
