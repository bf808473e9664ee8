with

consent_purposes as (

    select
        framework,
        code,
        purpose,
        mode
    from {{ ref('consent_purposes') }}

),

-- What each record says: a JSON object of codes and choices, or the list of codes that are true.
-- Segment's rule for web clients is that a category left out, even of an empty object, is false.
web_statements as (

    select
        'web' as source,
        message_id as source_record_id,
        identifier_type,
        identifier_value,
        'onetrust' as framework,
        consent_preferences as choices,
        cast(null as {{ dbt.type_string() }}) as true_codes,
        1 as is_complete,
        occurred_at as effective_at
    from {{ ref('int_behavior__web_consents') }}

),

-- A receipt's object speaks of the categories it names, its TCF string of every TCF purpose.
receipt_statements as (

    select
        'consent' as source,
        receipt_id as source_record_id,
        identifier_type,
        identifier_value,
        'onetrust' as framework,
        purposes as choices,
        cast(null as {{ dbt.type_string() }}) as true_codes,
        0 as is_complete,
        collected_at as effective_at
    from {{ ref('stg_consent__receipts') }}
    where purposes is not null

    union all

    select
        'consent' as source,
        receipt_id as source_record_id,
        identifier_type,
        identifier_value,
        'tcf' as framework,
        cast(null as {{ dbt.type_string() }}) as choices,
        tcf_purposes as true_codes,
        0 as is_complete,
        collected_at as effective_at
    from {{ ref('stg_consent__receipts') }}
    where tcf_purposes is not null

    union all

    select
        'consent' as source,
        receipt_id as source_record_id,
        identifier_type,
        identifier_value,
        'gpc' as framework,
        cast(null as {{ dbt.type_string() }}) as choices,
        'gpc' as true_codes,
        0 as is_complete,
        collected_at as effective_at
    from {{ ref('stg_consent__receipts') }}
    where has_gpc

),

-- A sign-up that tells no time counts as older than any other word.
signup_statements as (

    select
        'signups' as source,
        signup_id as source_record_id,
        'email' as identifier_type,
        email as identifier_value,
        'signup' as framework,
        cast(null as {{ dbt.type_string() }}) as choices,
        case when is_marketing_opted_in then 'marketing_opt_in' else '' end as true_codes,
        0 as is_complete,
        coalesce(signed_up_at, cast('1970-01-01' as {{ dbt.type_timestamp() }})) as effective_at
    from {{ ref('stg_signups__signups') }}
    where is_marketing_opted_in is not null

),

email_statements as (

    select
        'email' as source,
        sg_event_id as source_record_id,
        'email' as identifier_type,
        email as identifier_value,
        'email' as framework,
        cast(null as {{ dbt.type_string() }}) as choices,
        event_type as true_codes,
        0 as is_complete,
        occurred_at as effective_at
    from {{ ref('stg_email__events') }}

),

statements as (

    select * from web_statements
    union all
    select * from receipt_statements
    union all
    select * from signup_statements
    union all
    select * from email_statements

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

    inner join consent_purposes
        on statements.framework = consent_purposes.framework

    where statements.identifier_value is not null

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

final as (

    select
        ---------- ids
        source_record_id,

        ---------- strings
        source,
        framework,
        identifier_type,
        identifier_value,
        purpose,
        mode,

        ---------- numerics
        is_granted,

        ---------- timestamps
        effective_at

    from weighed

    where is_granted is not null

)

select * from final
