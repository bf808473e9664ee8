{# The text at a dotted path of a JSON text column; JSON null, an absent key and an absent document are null. #}
{% macro json_text(column, path) -%}
    {{ return(adapter.dispatch('json_text', 'goldthread')(column, path)) }}
{%- endmacro %}

{% macro default__json_text(column, path) -%}
    json_extract_string({{ column }}, '$."{{ path | replace(".", '"."') }}"')
{%- endmacro %}
