{# A written phone number as E.164, null when it cannot be one. `codes`: alias of the left-joined row of seed
   `calling_codes`; `country_key`: null when that row is only the default, which then must be really possible there. #}
{% macro normalize_phone(column, codes, country_key) -%}
    {{ return(adapter.dispatch('normalize_phone', 'goldthread')(column, codes, country_key)) }}
{%- endmacro %}

{% macro default__normalize_phone(column, codes, country_key) -%}
    {%- set digits = phone_digits(column) -%}
    {%- set number = e164_number(digits, codes) -%}
    case
        when {{ digits }} like '+%'
            then case when {{ regexp_matches(digits, '^[+][1-9][0-9]{6,14}$') }} then {{ digits }} end
        when
            {{ country_key }} is not null
            or {{ codes }}.calling_code <> '1'
            or {{ regexp_matches(number, '^[+]1[2-9][0-9]{2}[2-9][0-9]{6}$') }}
            then {{ number }}
    end
{%- endmacro %}
