{# Query: every web message and the content that stands for it; of repeated messages the copy with the lowest hash. #}
{% macro web_contents() -%}
    select
        message_id,
        min(_row_hash) as row_hash
    from {{ source('raw_web', 'messages') }}
    group by 1
{%- endmacro %}
