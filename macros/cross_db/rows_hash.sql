{# Aggregate: one text that changes when any of the rows, or the number of equal ones, does; order does not matter. #}
{% macro rows_hash(columns) -%}
    {{ return(adapter.dispatch('rows_hash', 'goldthread')(columns)) }}
{%- endmacro %}

{% macro default__rows_hash(columns) -%}
    {{ dbt.hash(dbt.listagg(hash_of(columns), "''", "order by " ~ hash_of(columns))) }}
{%- endmacro %}

{# DuckDB's own hash is 64 bits and many times faster than texts; an upgrade that changes it costs one full build. #}
{% macro duckdb__rows_hash(columns) -%}
    cast(sum(hash({{ columns | join(', ') }})) as varchar)
{%- endmacro %}
