with

log as (

    select * from {{ ref('int_identity__assignment_log') }}

),

newest as (

    select
        source_record_key,
        max(revision) as revision
    from log
    group by 1

),

source_records as (

    select * from {{ ref('int_identity__source_records') }}

),

current_records as (

    select
        ---------- ids
        source_records.source_record_key,
        log.customer_id,
        source_records.source_record_id,

        ---------- strings
        source_records.source,

        ---------- timestamps
        source_records.first_seen_at,
        source_records.last_seen_at

    from source_records

    inner join newest
        on source_records.source_record_key = newest.source_record_key

    inner join log
        on newest.source_record_key = log.source_record_key and newest.revision = log.revision

    where log.customer_id is not null

),

-- Of an earlier build's rows only those that differ are written.
final as (

    select * from current_records
    {% if is_incremental() %}
        except
        select
            source_record_key,
            customer_id,
            source_record_id,
            source,
            first_seen_at,
            last_seen_at
        from {{ this }}
    {% endif %}

)

select * from final
