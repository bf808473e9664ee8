{# A view takes the place of its former self in one transaction, as tables do. #}
{% materialization view, adapter='duckdb' %}
  {%- set target_relation = this.incorporate(type='view') -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {% call statement('main') -%}
    {{ drop_former(target_relation) }}
    {{ get_create_view_as_sql(target_relation, sql) }}
  {%- endcall %}

  {{ commit_in_place(target_relation) }}

  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
