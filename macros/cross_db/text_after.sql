{# The text without its first characters; `skipped` is a count or an expression that gives one. #}
{% macro text_after(column, skipped) -%}
    {{ return(adapter.dispatch('text_after', 'goldthread')(column, skipped)) }}
{%- endmacro %}

{% macro default__text_after(column, skipped) -%}
    substring({{ column }}, cast({{ skipped }} + 1 as integer))
{%- endmacro %}
