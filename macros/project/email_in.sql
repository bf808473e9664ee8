{# A normalised e-mail address, null where the text has not the shape of one; for text the loader did not check. #}
{% macro email_in(column) -%}
    {{ return(adapter.dispatch('email_in', 'goldthread')(column)) }}
{%- endmacro %}

{% macro default__email_in(column) -%}
    case
        when {{ regexp_matches(normalize_email(column), '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$') }}
            then {{ normalize_email(column) }}
    end
{%- endmacro %}
