{# Lower-case and trim an e-mail address; blank becomes null. #}
{% macro normalize_email(column) -%}
    {{ return(adapter.dispatch('normalize_email', 'goldthread')(column)) }}
{%- endmacro %}

{% macro default__normalize_email(column) -%}
    nullif(lower({{ trimmed(column) }}), '')
{%- endmacro %}
