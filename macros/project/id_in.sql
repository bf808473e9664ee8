{# An id out of a JSON text column, its blanks collapsed; null where a list or an object stands there. #}
{% macro id_in(column, path) -%}
    {{ return(adapter.dispatch('id_in', 'goldthread')(column, path)) }}
{%- endmacro %}

{% macro default__id_in(column, path) -%}
    {%- set text = json_text(column, path) -%}
    case when {{ text }} not like '[%' and {{ text }} not like '{{ "{%" }}' then {{ normalize_text(text) }} end
{%- endmacro %}
