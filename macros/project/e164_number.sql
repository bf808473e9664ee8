{# E.164 of digits dialled inside the country of `codes`: a trunk prefix is dropped, digits that already begin
   with the calling code keep it, anything of another length than the country's numbers is null. #}
{% macro e164_number(digits, codes) -%}
    {{ return(adapter.dispatch('e164_number', 'goldthread')(digits, codes)) }}
{%- endmacro %}

{% macro default__e164_number(digits, codes) -%}
    {%- set range = codes ~ '.shortest_number and ' ~ codes ~ '.longest_number' -%}
    {%- set after_trunk = text_after(digits, 'length(' ~ codes ~ '.trunk_prefix)') -%}
    {%- set after_code = text_after(digits, 'length(' ~ codes ~ '.calling_code)') -%}
    {%- set begins_with_code = digits ~ ' like ' ~ codes ~ ".calling_code || '%'" -%}
    case
        when {{ digits }} like {{ codes }}.trunk_prefix || '%' and length({{ after_trunk }}) between {{ range }}
            then '+' || {{ codes }}.calling_code || {{ after_trunk }}
        when
            {{ codes }}.trunk_prefix is not null
            and {{ begins_with_code }} and length({{ after_code }}) between {{ range }}
            then '+' || {{ digits }}
        when length({{ digits }}) between {{ range }}
            then '+' || {{ codes }}.calling_code || {{ digits }}
        when {{ begins_with_code }} and length({{ after_code }}) between {{ range }}
            then '+' || {{ digits }}
    end
{%- endmacro %}
