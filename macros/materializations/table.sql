{#
  A table takes the place of its former self in one transaction: dropped and made anew, or neither.

  dbt-duckdb builds beside the old table, renames both and drops the old one: ten statements where
  DuckDB, whose DDL is transactional, needs one. For each of them dbt looks through all macros and
  writes to its log, which took longer than the SQL of a small model.
#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
  {%- set target_relation = this.incorporate(type='table') -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {% if model['language'] == 'sql' %}
    {% call statement('main') -%}
      {{ drop_former(target_relation) }}
      {{ create_table_as(False, target_relation, compiled_code) }}
    {%- endcall %}
  {% else %}
    {# dbt-duckdb runs Python on a connection of its own, which sees nothing of this transaction. #}
    {%- set built_relation = make_intermediate_relation(target_relation) -%}
    {%- do drop_relation_if_exists(load_cached_relation(built_relation)) -%}
    {% call statement('main', language='python') -%}
      {{ create_table_as(False, built_relation, compiled_code, 'python') }}
    {%- endcall %}
    {% call statement('swap') -%}
      {{ drop_former(target_relation) }}
      alter table {{ built_relation }} rename to {{ target_relation.include(database=False, schema=False) }}
    {%- endcall %}
  {% endif %}

  {% do create_indexes(target_relation) %}
  {{ commit_in_place(target_relation) }}

  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
