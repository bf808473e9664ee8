with

customers as (select distinct customer_id from {{ ref('customer_source_records') }}),

purposes as (select purpose from {{ ref('purposes') }}),

signups as (

    select * from {{ ref('customer_source_records') }}
    where source = 'signups'

),

signals as (

    select * from {{ ref('consent_signals') }}
    where is_current

),

identifiers as (

    select
        customer_id,
        identifier_type,
        identifier_value,
        is_shared
    from {{ ref('customer_identifiers') }}

    union all

    -- A guess denies, as what is shared does, and grants nothing.
    select
        guesses.*,
        true as is_shared
    from ({{ local_spellings('signals', ref('customer_identifiers')) }}) as guesses

),

-- What several people share denies for each of them, but grants only for the one whose own sign-up
-- it was.
held as (

    select
        identifiers.customer_id,
        signals.purpose,
        signals.source,
        signals.is_granted,
        signals.effective_at,
        row_number() over (
            partition by identifiers.customer_id, signals.purpose
            order by
                case when signals.is_granted then 1 else 0 end asc,
                signals.effective_at desc,
                signals.consent_signal_id asc
        ) as decision_rank
    from signals

    inner join identifiers
        on
            signals.identifier_type = identifiers.identifier_type
            and signals.identifier_value = identifiers.identifier_value

    left join signups
        on
            signals.source = signups.source
            and signals.source_record_id = signups.source_record_id

    where
        not signals.is_granted
        or not identifiers.is_shared
        or identifiers.customer_id = signups.customer_id

),

final as (

    select
        ---------- ids
        customers.customer_id,

        ---------- strings
        purposes.purpose,
        case
            when held.is_granted then 'granted'
            when not held.is_granted then 'denied'
            else 'unknown'
        end as status,
        held.source,

        ---------- timestamps
        held.effective_at

    from customers

    cross join purposes

    left join held
        on
            customers.customer_id = held.customer_id
            and purposes.purpose = held.purpose
            and held.decision_rank = 1

)

select * from final
