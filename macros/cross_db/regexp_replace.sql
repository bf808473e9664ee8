{# The text with every match of the pattern replaced. #}
{% macro regexp_replace(column, pattern, replacement) -%}
    {{ return(adapter.dispatch('regexp_replace', 'goldthread')(column, pattern, replacement)) }}
{%- endmacro %}

{% macro default__regexp_replace(column, pattern, replacement) -%}
    regexp_replace({{ column }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}
