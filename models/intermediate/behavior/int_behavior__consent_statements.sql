with

web_consents as (

    select * from {{ ref('int_behavior__web_consents') }}

),

receipts as (

    select * from {{ ref('stg_consent__receipts') }}

),

signups as (

    select * from {{ ref('stg_signups__signups') }}

),

email_events as (

    select * from {{ ref('stg_email__events') }}
    -- Of the many things that happen to a mail, few say anything about consent.
    where event_type in (
        select purposes.code from {{ ref('consent_purposes') }} as purposes
        where purposes.framework = 'email'
    )

),

-- What a record says: a JSON object of codes and choices, or a list of the codes that are true.
stacked as (

    -- Segment's rule: a category a web client leaves out, even of an empty object, is false.
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
    from web_consents

    -- A receipt's object speaks of the categories it names, its TCF string of all TCF purposes.
    {% for framework, choices, true_codes in [
        ('onetrust', 'purposes', 'null'),
        ('tcf', 'null', 'tcf_purposes'),
        ('gpc', 'null', "case when has_gpc then 'gpc' end"),
    ] %}
        union all
        select
            'consent' as source,
            receipt_id as source_record_id,
            identifier_type,
            identifier_value,
            '{{ framework }}' as framework,
            {{ choices }} as choices,
            {{ true_codes }} as true_codes,
            0 as is_complete,
            collected_at as effective_at
        from receipts
    {% endfor %}

    -- A sign-up that tells no time counts as older than any other word.
    union all
    select
        'signups' as source,
        signup_id as source_record_id,
        'email' as identifier_type,
        email as identifier_value,
        'signup' as framework,
        null as choices,
        case
            when is_marketing_opted_in then 'marketing_opt_in'
            when not is_marketing_opted_in then ''
        end as true_codes,
        0 as is_complete,
        coalesce(signed_up_at, cast('1970-01-01' as {{ dbt.type_timestamp() }})) as effective_at
    from signups

    union all
    select
        'email' as source,
        sg_event_id as source_record_id,
        'email' as identifier_type,
        email as identifier_value,
        'email' as framework,
        null as choices,
        event_type as true_codes,
        0 as is_complete,
        occurred_at as effective_at
    from email_events

),

final as (

    select * from stacked
    where identifier_value is not null and coalesce(choices, true_codes) is not null

)

select * from final
