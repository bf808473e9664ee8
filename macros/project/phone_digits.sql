{# The digits of a written phone number, with a leading + where it has one (or 00 stands for it). #}
{% macro phone_digits(column) -%}
    {{ return(adapter.dispatch('phone_digits', 'goldthread')(column)) }}
{%- endmacro %}

{# An extension (x12, ext. 12, #12) and a bracketed trunk zero, as in +44 (0)20, are not dialled. #}
{% macro default__phone_digits(column) -%}
    {%- set dialled = regexp_replace('lower(' ~ column ~ ')', '(e?xt?[.]? *[0-9]+|#.*)$', '') -%}
    {%- set digits = regexp_replace(regexp_replace(dialled, '[(]0[)]', ''), '[^0-9+]', '') -%}
    {{ regexp_replace(digits, '^00', '+') }}
{%- endmacro %}
