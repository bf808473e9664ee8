{# The text under a top-level key that is itself an expression, of a JSON text column. #}
{% macro json_text_at(column, key) -%}
    {{ return(adapter.dispatch('json_text_at', 'goldthread')(column, key)) }}
{%- endmacro %}

{% macro default__json_text_at(column, key) -%}
    json_extract_string({{ column }}, '$."' || {{ key }} || '"')
{%- endmacro %}
