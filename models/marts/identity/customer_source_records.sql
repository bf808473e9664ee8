with

log as (

    select * from {{ ref('int_identity__assignment_log') }}

),

last_assignments as (

    {{ last_assignments('log') }}

),

source_records as (

    select * from {{ ref('int_identity__source_records') }}

),

current_records as (

    select
        ---------- ids
        source_records.source_record_key,
        last_assignments.customer_id,
        source_records.source_record_id,

        ---------- strings
        source_records.source,

        ---------- timestamps
        source_records.first_seen_at,
        source_records.last_seen_at

    from source_records

    inner join last_assignments
        on source_records.source_record_key = last_assignments.source_record_key

    where not last_assignments.is_gone

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
