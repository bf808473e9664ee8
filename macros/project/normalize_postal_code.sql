{# Trim, collapse blanks and upper-case a postal code; blank becomes null. #}
{% macro normalize_postal_code(column) -%}
    {{ return(adapter.dispatch('normalize_postal_code', 'goldthread')(column)) }}
{%- endmacro %}

{% macro default__normalize_postal_code(column) -%}
    upper({{ normalize_text(column) }})
{%- endmacro %}
