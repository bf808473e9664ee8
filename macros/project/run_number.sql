{# The position of the run that builds this table: a scalar expression usable anywhere in a model. #}
{% macro run_number() -%}
    (select current_run.run_number from {{ ref('current_run') }} as current_run)
{%- endmacro %}
