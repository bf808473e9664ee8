{# The exact number of microseconds from one timestamp to another, negative when the second is earlier. #}
{% macro microseconds_between(first, second) -%}
    {{ return(adapter.dispatch('microseconds_between', 'goldthread')(first, second)) }}
{%- endmacro %}

{% macro default__microseconds_between(first, second) -%}
    {{ dbt.datediff(first, second, 'microsecond') }}
{%- endmacro %}
