{# A cast that gives null where the value does not fit; dbt's safe_cast stops the build on DuckDB. #}
{% macro try_cast(expression, type) -%}
    {{ return(adapter.dispatch('try_cast', 'goldthread')(expression, type)) }}
{%- endmacro %}

{% macro default__try_cast(expression, type) -%}
    try_cast({{ expression }} as {{ type }})
{%- endmacro %}
