with

movements as (

    select * from {{ ref('int_identity__id_movements') }}

),

revisions as (

    select
        revision,
        min(run_id) as run_id,
        min(assigned_at) as changed_at
    from {{ ref('int_identity__assignment_log') }}
    group by 1

),

changes as (

    select
        customer_id,
        main_origin_id as previous_customer_id,
        revision,
        case when main_origin_id is null then 'created' else 'split' end as change_type,
        case when main_origin_id is null then 'first seen' else 'its records were another id''s' end
            as reason
    from movements
    where is_first

    union all

    select
        coalesce(main_destination_id, customer_id) as customer_id,
        case when main_destination_id is not null then customer_id end as previous_customer_id,
        revision,
        case when main_destination_id is null then 'retired' else 'merged' end as change_type,
        case
            when main_destination_id is null then 'all its records are gone'
            else 'its records joined the surviving id''s'
        end as reason
    from movements
    where size_after = 0

),

final as (

    select
        ---------- ids
        {{ hash_of([
            'changes.change_type', 'changes.customer_id', 'changes.previous_customer_id',
            'changes.revision'
        ]) }} as change_id,
        changes.customer_id,
        changes.previous_customer_id,
        revisions.run_id,

        ---------- strings
        changes.change_type,
        changes.reason,

        ---------- timestamps
        revisions.changed_at

    from changes

    inner join revisions
        on changes.revision = revisions.revision

)

select * from final
