{# The first of several fields of a parsed document that holds a text, its blanks collapsed. #}
{% macro first_text(parsed, paths) -%}
    {{ return(adapter.dispatch('first_text', 'goldthread')(parsed, paths)) }}
{%- endmacro %}

{% macro default__first_text(parsed, paths) -%}
    coalesce(
        {%- for path in paths %}
        {{ normalize_text(json_field(parsed, path)) }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
