{# Where clause of an incremental model: rows of `relation` whose `key` the model has no row of yet; in a full build, nothing. #}
{% macro only_new(relation, key) -%}
    {% if is_incremental() -%}
        where not exists (select 1 from {{ this }} as known where known.{{ key }} = {{ relation }}.{{ key }})
    {%- endif %}
{%- endmacro %}
