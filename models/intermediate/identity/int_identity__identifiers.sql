with

source_records as (

    select * from {{ ref('int_identity__source_records') }}

),

web_identifiers as (

    select * from {{ ref('int_identity__web_identifiers') }}

),

web_visitors as (

    select * from {{ ref('int_identity__web_visitors') }}

),

stripe_identifiers as (

    select * from {{ ref('int_identity__stripe_identifiers') }}

),

stacked as (

    {% for identifier_type in identifier_columns() %}
        select
            source_record_key,
            '{{ identifier_type }}' as identifier_type,
            {{ identifier_type }} as identifier_value,
            false as is_ambiguous,
            first_seen_at,
            last_seen_at
        from source_records
        -- What a device showed is listed below, with every value and its own times.
        where {{ identifier_type }} is not null and source != 'web'

        union all

    {% endfor %}
    select
        source_record_key,
        identifier_type,
        identifier_value,
        false as is_ambiguous,
        first_seen_at,
        last_seen_at
    from stripe_identifiers

    union all

    select
        'web:' || web_identifiers.visitor_id as source_record_key,
        web_identifiers.identifier_type,
        web_identifiers.identifier_value,
        web_visitors.is_shared as is_ambiguous,
        web_identifiers.first_seen_at,
        web_identifiers.last_seen_at
    from web_identifiers

    inner join web_visitors
        on web_identifiers.visitor_id = web_visitors.visitor_id

),

final as (

    select
        ---------- ids
        source_record_key,

        ---------- strings
        identifier_type,
        identifier_value,

        ---------- booleans
        is_ambiguous,

        ---------- timestamps
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at

    from stacked

    group by 1, 2, 3, 4

)

select * from final
