{# The text of a field of a parsed document that is a JSON object, null where it is anything else. #}
{% macro object_text(parsed, path) -%}
    {{ return(adapter.dispatch('object_text', 'goldthread')(parsed, path)) }}
{%- endmacro %}

{% macro default__object_text(parsed, path) -%}
    {%- set text = 'cast(' ~ json_field(parsed, path) ~ ' as ' ~ dbt.type_string() ~ ')' -%}
    case when {{ text }} like '{{ "{%" }}' then {{ text }} end
{%- endmacro %}
