{# A count that a left join may have left out: nothing found counts 0. #}
{% macro as_count(column) -%}
    cast(coalesce({{ column }}, 0) as {{ dbt.type_int() }})
{%- endmacro %}
