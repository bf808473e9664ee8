{# Trim a text and collapse runs of white space to one blank; blank becomes null. #}
{% macro normalize_text(column) -%}
    {{ return(adapter.dispatch('normalize_text', 'goldthread')(column)) }}
{%- endmacro %}

{% macro default__normalize_text(column) -%}
    nullif(trim({{ regexp_replace(column, '[[:space:]]+', ' ') }}), '')
{%- endmacro %}
