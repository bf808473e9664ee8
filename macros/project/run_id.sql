{# The id of the run that builds this table: a scalar expression usable anywhere in a model. #}
{% macro run_id() -%}
    (select current_run.run_id from {{ ref('current_run') }} as current_run)
{%- endmacro %}
