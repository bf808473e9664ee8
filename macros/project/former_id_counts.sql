{# Sub-query: how many ids a record has had, for the first records of clusters that keep no id. #}
{% macro former_id_counts(log, clusters, kept) -%}
    select
        {{ log }}.source_record_key,
        count(distinct {{ log }}.customer_id) as id_count
    from {{ log }}
    where
        {{ log }}.source_record_key in (select {{ clusters }}.cluster_key from {{ clusters }})
        and {{ log }}.source_record_key not in (select {{ kept }}.cluster_key from {{ kept }})
    group by 1
{%- endmacro %}
