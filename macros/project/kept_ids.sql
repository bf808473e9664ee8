{# Sub-query: the id that each cluster keeps, one row per cluster that keeps one. An id goes where
   most of its records went, and where several ids meet, the one that most of the records had
   stays, or the oldest. Records that were missing count where none was there lately; an id merged
   away goes nowhere. #}
{% macro kept_ids(clusters, previous) -%}
    select
        cluster_key,
        customer_id
    from (
        select
            *,
            row_number() over (
                partition by cluster_key
                order by living_count desc, record_count desc, first_revision asc, customer_id asc
            ) as keeper_rank
        from (
            select
                *,
                row_number() over (
                    partition by customer_id
                    order by living_count desc, record_count desc, first_key asc
                ) as choice_rank
            from (
                select
                    {{ clusters }}.cluster_key,
                    {{ previous }}.customer_id,
                    min({{ clusters }}.source_record_key) as first_key,
                    min({{ previous }}.first_revision) as first_revision,
                    sum(case when {{ previous }}.is_gone then 0 else 1 end) as living_count,
                    count(*) as record_count
                from {{ clusters }}
                inner join {{ previous }}
                    on {{ clusters }}.source_record_key = {{ previous }}.source_record_key
                where not {{ previous }}.is_merged
                group by 1, 2
            ) as followed
        ) as chosen
        where choice_rank = 1
    ) as ranked
    where keeper_rank = 1
{%- endmacro %}
