{# Schemas are named by folder alone (`marts`, not `main_marts`), so that published tables have stable names. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ target.schema if custom_schema_name is none else custom_schema_name | trim }}
{%- endmacro %}
