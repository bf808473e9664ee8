{# A phone number's digits (macro phone_digits) as E.164, null when they cannot be one. `codes`: alias of the left-joined row
   of seed `calling_codes`. `country_key`: null when that row is only the default country; then an American number
   must be one that can exist, or any ten digits would do. #}
{% macro normalize_phone(digits, codes, country_key) -%}
    {{ return(adapter.dispatch('normalize_phone', 'goldthread')(digits, codes, country_key)) }}
{%- endmacro %}

{% macro default__normalize_phone(digits, codes, country_key) -%}
    case
        when {{ digits }} like '+%'
            then case when {{ regexp_matches(digits, '^[+][1-9][0-9]{6,14}$') }} then {{ digits }} end
        when
            {{ country_key }} is not null
            or {{ codes }}.calling_code <> '1'
            or {{ regexp_matches(digits, '^1?[2-9][0-9]{2}[2-9][0-9]{6}$') }}
            then {{ e164_number(digits, codes) }}
    end
{%- endmacro %}
