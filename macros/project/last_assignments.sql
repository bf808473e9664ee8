{# Sub-query: one row per record ever assigned in a log, with the last id it had and the revision
   that first issued that id. #}
{% macro last_assignments(log) -%}
    select
        recorded.source_record_key,
        {{ log }}.customer_id,
        recorded.last_revision > recorded.held_revision as is_gone,
        {{ log }}.customer_id in (
            select merged.previous_customer_id from {{ log }} as merged where merged.reason = 'merged'
        ) as is_merged,
        issued.first_revision
    from (
        select
            source_record_key,
            max(revision) as last_revision,
            max(case when customer_id is not null then revision end) as held_revision
        from {{ log }}
        group by 1
    ) as recorded
    inner join {{ log }}
        on
            recorded.source_record_key = {{ log }}.source_record_key
            and recorded.held_revision = {{ log }}.revision
    inner join (
        select
            customer_id,
            min(revision) as first_revision
        from {{ log }}
        group by 1
    ) as issued
        on {{ log }}.customer_id = issued.customer_id
{%- endmacro %}
