{# The first text that is not blank among several paths of a JSON text column, trimmed. #}
{% macro json_text_any(column, paths) -%}
    {{ return(adapter.dispatch('json_text_any', 'goldthread')(column, paths)) }}
{%- endmacro %}

{% macro default__json_text_any(column, paths) -%}
    coalesce(
        {%- for path in paths %}
        nullif(trim({{ json_text(column, path) }}), ''){{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
