{# The first characters of the text. #}
{% macro text_before(column, kept) -%}
    {{ return(adapter.dispatch('text_before', 'goldthread')(column, kept)) }}
{%- endmacro %}

{% macro default__text_before(column, kept) -%}
    substring({{ column }}, 1, {{ kept }})
{%- endmacro %}
