-- The registry names clusters, no more and no less: one id a cluster, one cluster an id.
{{ config(group='identity') }}

with

named as (

    select
        clusters.cluster_key,
        customer_source_records.customer_id
    from {{ ref('int_identity__clusters') }} as clusters

    inner join {{ ref('customer_source_records') }} as customer_source_records
        on clusters.source_record_key = customer_source_records.source_record_key

),

final as (

    select
        min(cluster_key) as cluster_key,
        customer_id
    from named
    group by customer_id
    having count(distinct cluster_key) > 1

    union all

    select
        cluster_key,
        min(customer_id) as customer_id
    from named
    group by cluster_key
    having count(distinct customer_id) > 1

)

select * from final
