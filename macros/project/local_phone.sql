{# The digits of a phone number that no country's rules can read, where one table is resolved by itself: two records may
   still share them. They get the calling code of `codes` (a row of seed `calling_codes`) as the readable ones have it, or a
   digit too many or too few would look like another number. In a warehouse null, for nobody can be called there. #}
{% macro local_phone(digits, codes) -%}
    {{ return(adapter.dispatch('local_phone', 'goldthread')(digits, codes)) }}
{%- endmacro %}

{% macro default__local_phone(digits, codes) -%}
    {%- if env_var('GOLDTHREAD_LOCAL_PHONES', 'drop') == 'compare' -%}
        {%- set begins_with_code = digits ~ ' like ' ~ codes ~ ".calling_code || '%'" -%}
        case
            when not {{ regexp_matches(digits, '[1-9][0-9]{4}') }} then null
            when {{ digits }} like '+%' or {{ codes }}.calling_code is null then {{ digits }}
            when {{ digits }} like {{ codes }}.trunk_prefix || '%'
                then '+' || {{ codes }}.calling_code || {{ text_after(digits, 'length(' ~ codes ~ '.trunk_prefix)') }}
            when {{ begins_with_code }} and length({{ digits }}) > {{ codes }}.longest_number then '+' || {{ digits }}
            else '+' || {{ codes }}.calling_code || {{ digits }}
        end
    {%- else -%}
        cast(null as {{ dbt.type_string() }})
    {%- endif -%}
{%- endmacro %}
