{# A timestamp moved back by the exact time from `earlier` to `later`; both orders of the two are fine. #}
{% macro timestamp_minus_gap(column, earlier, later) -%}
    {{ return(adapter.dispatch('timestamp_minus_gap', 'goldthread')(column, earlier, later)) }}
{%- endmacro %}

{% macro default__timestamp_minus_gap(column, earlier, later) -%}
    ({{ column }} - ({{ later }} - {{ earlier }}))
{%- endmacro %}
