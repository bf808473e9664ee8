{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false) }}
{% set kept_state = source('raw_goldthread', 'state_identity_assignment_log') %}
with

clusters as (select * from {{ ref('int_identity__clusters') }}),

-- What was issued before: this table itself or, where the warehouse is new, the kept state.
log as (select * from {{ this if is_incremental() else kept_state }}),

previous as (

    {{ last_assignments('log') }}

),

kept as (

    {{ kept_ids('clusters', 'previous') }}

),

-- A new id comes from the cluster's first record and the number of ids that record has had.
former as (

    {{ former_id_counts('log', 'clusters', 'kept') }}

),

identified as (

    select
        clusters.source_record_key,
        coalesce(
            kept.customer_id, {{ hash_of(['clusters.cluster_key', 'former.id_count']) }}
        ) as customer_id,
        kept.customer_id is null as is_new
    from clusters
    left join kept on clusters.cluster_key = kept.cluster_key
    left join former on clusters.cluster_key = former.source_record_key

),

changed as (

    select
        coalesce(identified.source_record_key, previous.source_record_key) as source_record_key,
        identified.customer_id,
        case when not previous.is_gone then previous.customer_id end as previous_customer_id,
        {{ run_id() }} as run_id,
        {{ run_number() }} as run_number,
        (select coalesce(max(log.revision), 0) + 1 from log) as revision,
        case
            when identified.customer_id is null then 'gone'
            when coalesce(previous.is_gone, true) and identified.is_new then 'created'
            when coalesce(previous.is_gone, true) then 'joined'
            when identified.is_new then 'split'
            when survivors.customer_id is null then 'merged'
            else 'moved'
        end as reason,
        {{ as_of() }} as assigned_at
    from identified
    full outer join previous on identified.source_record_key = previous.source_record_key
    left join kept as survivors on previous.customer_id = survivors.customer_id
    where
        -- Without a run (`dbt build --empty`) nobody has gone: nobody was looked for.
        {{ run_id() }} is not null
        and (
            (identified.customer_id is null and not previous.is_gone)
            or (identified.customer_id is not null and coalesce(previous.is_gone, true))
            or identified.customer_id != previous.customer_id
        )

),

final as (

    select * from changed
    -- A new warehouse takes the whole registry over, not only what changed.
    {% if not is_incremental() %}
        union all
        select * from log
    {% endif %}

)

select * from final
