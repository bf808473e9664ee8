{# The date a text begins with (2001-02-03, 2001-02-03T04:05:06Z), null where there is none. #}
{% macro date_in(column) -%}
    {{ return(adapter.dispatch('date_in', 'goldthread')(column)) }}
{%- endmacro %}

{% macro default__date_in(column) -%}
    {{ try_cast(text_before(column, 10), 'date') }}
{%- endmacro %}
