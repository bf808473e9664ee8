with

choices as (

    select
        source,
        source_record_id,
        framework,
        identifier_type,
        identifier_value,
        purpose,
        mode,
        is_granted,
        effective_at
    from {{ ref('int_behavior__consent_choices') }}

),

-- One false code denies. Nothing but a required code grants: a code that counts only where present
-- says nothing by itself.
decided as (

    select
        source,
        source_record_id,
        framework,
        identifier_type,
        identifier_value,
        purpose,
        effective_at,
        min(is_granted) as is_granted,
        max(case when mode = 'required' then 1 else 0 end) as has_required
    from choices
    group by
        source,
        source_record_id,
        framework,
        identifier_type,
        identifier_value,
        purpose,
        effective_at

),

identified as (

    select
        *,
        {{ dbt.hash(
            "source || ':' || source_record_id || ':' || framework || ':' || identifier_type || ':'"
            " || identifier_value || ':' || purpose"
        ) }} as consent_signal_id
    from decided
    where is_granted = 0 or has_required = 1

),

-- The newest signal holds; of two at one moment, the denial.
ranked as (

    select
        *,
        row_number() over (
            partition by identifier_type, identifier_value, purpose
            order by effective_at desc, is_granted asc, consent_signal_id asc
        ) as recency_rank
    from identified

),

final as (

    select
        ---------- ids
        consent_signal_id,
        source_record_id,

        ---------- strings
        identifier_type,
        identifier_value,
        purpose,
        source,
        framework,

        ---------- booleans
        (is_granted = 1) as is_granted,
        (recency_rank = 1) as is_current,

        ---------- timestamps
        effective_at

    from ranked

)

select * from final
