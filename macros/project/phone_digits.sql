{# The digits of a written phone number, with a leading + where it has one (or 00 stands for it); null where a + stands
   further in (two numbers in one) or the number is written as a power of ten, which tells not all of its digits. #}
{% macro phone_digits(column) -%}
    {{ return(adapter.dispatch('phone_digits', 'goldthread')(column)) }}
{%- endmacro %}

{# An extension (x12, ext.: 12, #12), a bracketed trunk zero, as in +44 (0)20, and the decimal of a number that went through
   a spreadsheet (15112345678.0) are not dialled. #}
{% macro default__phone_digits(column) -%}
    {%- set written = 'lower(' ~ trimmed(column) ~ ')' -%}
    {%- set dialled = regexp_replace(written, '([.]0|e?xt?[.:[:space:]]*[0-9]+|#.*)$', '') -%}
    {%- set digits = regexp_replace(regexp_replace(dialled, '[(]0[)]', ''), '[^0-9+]', '') -%}
    case
        when not {{ regexp_matches(written, '[0-9+][^#]*[+]|[0-9]e[0-9]') }}
            then {{ regexp_replace(digits, '^00', '+') }}
    end
{%- endmacro %}
