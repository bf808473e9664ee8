{# A JSON text column parsed once into named fields, read as parsed.field or parsed.field.inner. `shape` maps a field to
   'text', to 'json' (an inner document, kept as JSON) or to an inner shape; a field that is absent is null. #}
{% macro json_parsed(column, shape) -%}
    {{ return(adapter.dispatch('json_parsed', 'goldthread')(column, shape)) }}
{%- endmacro %}

{% macro default__json_parsed(column, shape) -%}
    {%- set structure = tojson(shape) | replace('"text"', '"VARCHAR"') | replace('"json"', '"JSON"') -%}
    json_transform({{ column }}, '{{ structure }}')
{%- endmacro %}
