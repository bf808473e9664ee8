{# One field of a document that json_parsed parsed, by its dotted path. #}
{% macro json_field(parsed, path) -%}
    {{ return(adapter.dispatch('json_field', 'goldthread')(parsed, path)) }}
{%- endmacro %}

{% macro default__json_field(parsed, path) -%}
    {{ parsed }}.{{ path }}
{%- endmacro %}
