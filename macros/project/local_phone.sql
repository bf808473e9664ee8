{# The bare digits of a phone number that no country's rules can read, where one table is resolved by itself: two records
   may still share them. In a warehouse null, for nobody can be called there. #}
{% macro local_phone(digits) -%}
    {{ return(adapter.dispatch('local_phone', 'goldthread')(digits)) }}
{%- endmacro %}

{% macro default__local_phone(digits) -%}
    {%- if env_var('GOLDTHREAD_LOCAL_PHONES', 'drop') == 'compare' -%}
        case when {{ regexp_matches(digits, '[1-9][0-9]{4}') }} then {{ digits }} end
    {%- else -%}
        cast(null as {{ dbt.type_string() }})
    {%- endif -%}
{%- endmacro %}
