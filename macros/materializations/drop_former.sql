{# SQL that drops what stands under a relation's name, whatever type it is of. #}
{% macro drop_former(relation) %}
    {%- set former = load_cached_relation(relation) -%}
    {%- if former is not none -%}
        {%- do adapter.cache_dropped(former) -%}
        drop {{ former.type }} if exists {{ former }};
    {%- endif -%}
{% endmacro %}
