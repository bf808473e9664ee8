{#
    Pre-hook of an incremental model: deletes its rows whose `columns` are not among those that the
    query `current` selects under the same names. The model's body then adds what is not there.
#}
{% macro delete_stale(columns, current) -%}
    {% if is_incremental() %}
        delete from {{ this }}
        where not exists (
            select 1
            from ({{ current }}) as held
            where
                {% for column in columns %}
                    held.{{ column }} = {{ this.identifier }}.{{ column }}{{ ' and' if not loop.last }}
                {% endfor %}
        )
    {% endif %}
{%- endmacro %}
