{# A text without the white space at its ends. trim() leaves tabs and line ends, which exports bring along. #}
{% macro trimmed(column) -%}
    {{ return(adapter.dispatch('trimmed', 'goldthread')(column)) }}
{%- endmacro %}

{% macro default__trimmed(column) -%}
    {{ regexp_replace(column, '^[\\s\\p{Z}]+|[\\s\\p{Z}]+$', '') }}
{%- endmacro %}
