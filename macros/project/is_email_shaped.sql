{# Whether a normalised text has the shape of an e-mail address; for text the loader did not check. #}
{% macro is_email_shaped(column) -%}
    {{ return(adapter.dispatch('is_email_shaped', 'goldthread')(column)) }}
{%- endmacro %}

{% macro default__is_email_shaped(column) -%}
    {{ regexp_matches(column, '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$') }}
{%- endmacro %}
