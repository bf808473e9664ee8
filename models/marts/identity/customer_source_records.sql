with

log as (

    select * from {{ ref('int_identity__assignment_log') }}

),

last_revisions as (

    select
        source_record_key,
        max(revision) as revision
    from log
    group by 1

),

-- What was last said of a record that is gone names no customer.
assigned as (

    select
        log.source_record_key,
        log.customer_id
    from log

    inner join last_revisions
        on
            log.source_record_key = last_revisions.source_record_key
            and log.revision = last_revisions.revision

    where log.customer_id is not null

),

source_records as (

    select * from {{ ref('int_identity__source_records') }}

),

current_records as (

    select
        ---------- ids
        source_records.source_record_key,
        assigned.customer_id,
        source_records.source_record_id,

        ---------- strings
        source_records.source,

        ---------- timestamps
        source_records.first_seen_at,
        source_records.last_seen_at

    from source_records

    inner join assigned
        on source_records.source_record_key = assigned.source_record_key

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
