{# Aggregate: the value of the row that comes last by time and, among equals, by key; rows without a value do not count. #}
{% macro newest_value(value, happened_at, key) -%}
    {{ return(adapter.dispatch('newest_value', 'goldthread')(value, happened_at, key)) }}
{%- endmacro %}

{% macro default__newest_value(value, happened_at, key) -%}
    arg_max({{ value }}, ({{ happened_at }}, {{ key }}))
{%- endmacro %}

{# Spark's max_by also counts rows without a value, so these get no order. #}
{% macro spark__newest_value(value, happened_at, key) -%}
    max_by({{ value }}, case when {{ value }} is not null then struct({{ happened_at }}, {{ key }}) end)
{%- endmacro %}
