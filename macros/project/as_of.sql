{# The run's one clock, a UTC timestamp: a scalar expression usable anywhere in a model. #}
{% macro as_of() -%}
    (select current_run.as_of from {{ ref('current_run') }} as current_run)
{%- endmacro %}
