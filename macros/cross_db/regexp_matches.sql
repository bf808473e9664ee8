{# Whether the text holds a match of the pattern; anchor the pattern to test the whole text. #}
{% macro regexp_matches(column, pattern) -%}
    {{ return(adapter.dispatch('regexp_matches', 'goldthread')(column, pattern)) }}
{%- endmacro %}

{% macro default__regexp_matches(column, pattern) -%}
    regexp_matches({{ column }}, '{{ pattern }}')
{%- endmacro %}
