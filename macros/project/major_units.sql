{# A whole number of minor units as an amount with two decimals, rounded as decimals are: 1005 fils are 1.01 dinars, as
   1.005 dinars are. A quotient would be a double, which lies a little below. #}
{% macro major_units(minor, units_per_major) -%}
    {{ return(adapter.dispatch('major_units', 'goldthread')(minor, units_per_major)) }}
{%- endmacro %}

{% macro default__major_units(minor, units_per_major) -%}
    cast(
        cast({{ minor }} as decimal(18, 3)) * cast(1.0 / {{ units_per_major }} as decimal(4, 3))
        as decimal(18, 2)
    )
{%- endmacro %}
