with

statements as (

    select * from {{ ref('int_behavior__consent_statements') }}

),

answers as (

    select
        statements.*,
        consent_purposes.purpose,
        consent_purposes.mode,
        case
            when statements.choices is not null
                then {{ json_text_at('statements.choices', 'consent_purposes.code') }}
            when ',' || statements.true_codes || ',' like '%,' || consent_purposes.code || ',%'
                then 'true'
            else 'false'
        end as answer
    from statements

    inner join {{ ref('consent_purposes') }} as consent_purposes
        on statements.framework = consent_purposes.framework

),

weighed as (

    select
        *,
        case
            when mode = 'denial' then case when answer = 'true' then 0 end
            when answer = 'true' then 1
            when answer is not null or (is_complete = 1 and mode = 'required') then 0
        end as is_granted
    from answers

),

-- One false code denies. Nothing but a required code grants: one that counts only where present
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
        min(is_granted) as is_granted
    from weighed
    where
        is_granted = 0
        -- A grant counts from its own moment on, a denial at once.
        or (is_granted = 1 and effective_at <= {{ as_of() }})
    group by 1, 2, 3, 4, 5, 6, 7
    having min(is_granted) = 0 or max(case when mode = 'required' then 1 else 0 end) = 1

),

-- The newest signal holds; of two at one moment, the denial.
ranked as (

    select
        *,
        row_number() over (
            partition by identifier_type, identifier_value, purpose
            order by
                effective_at desc, is_granted asc, source asc, source_record_id asc, framework asc
        ) as recency_rank
    from decided

),

final as (

    select
        ---------- ids
        {{ dbt.hash(
            "source || ':' || source_record_id || ':' || framework || ':' || identifier_type || ':'"
            " || identifier_value || ':' || purpose"
        ) }} as consent_signal_id,
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
