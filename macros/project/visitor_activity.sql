{# Query: every web visitor with a page, screen or track message, and a hash of what their sessions follow from. #}
{% macro visitor_activity() -%}
    select
        {{ visitor_key('messages') }} as visitor_key,
        {{ rows_hash(['messages.message_id', 'messages.occurred_at', 'messages.campaign_name']) }} as activity_hash
    from {{ ref('stg_web__messages') }} as messages
    where
        messages.message_type in ('page', 'screen', 'track')
        and coalesce(messages.anonymous_id, messages.user_id) is not null
    group by 1
{%- endmacro %}
