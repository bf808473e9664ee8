{# A normalised e-mail address, null where the text has not the shape of one, as the loader has it (as_email); for text
   inside documents, which the loader does not type. #}
{% macro email_in(column) -%}
    {{ return(adapter.dispatch('email_in', 'goldthread')(column)) }}
{%- endmacro %}

{% macro default__email_in(column) -%}
    {%- set local = '[^][@,;:<>()[:space:]"]+' -%}
    {%- set label = '[^][@,;:<>()[:space:]".]' -%}
    {%- set shape = '^' ~ local ~ '@(' ~ label ~ '+[.])+' ~ label ~ '{2,}$' -%}
    case
        when {{ regexp_matches(normalize_email(column), shape) }} then {{ normalize_email(column) }}
    end
{%- endmacro %}
