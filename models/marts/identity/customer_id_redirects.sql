{% set hops = 4 %}

with

log as (

    select * from {{ ref('int_identity__assignment_log') }}

),

last_assignments as (

    {{ last_assignments('log') }}

),

active as (

    select distinct customer_id
    from last_assignments
    where not is_gone

),

-- Where most of the records that an ended id ever had are now; where none is left, were last.
destinations as (

    select
        log.customer_id as ended_id,
        last_assignments.customer_id as next_id,
        row_number() over (
            partition by log.customer_id
            order by
                count(
                    distinct case
                        when not last_assignments.is_gone then log.source_record_key
                    end
                ) desc,
                count(distinct log.source_record_key) desc,
                last_assignments.customer_id
        ) as destination_rank
    from log

    inner join last_assignments
        on
            log.source_record_key = last_assignments.source_record_key
            and log.customer_id <> last_assignments.customer_id

    left join active
        on log.customer_id = active.customer_id

    where active.customer_id is null
    group by 1, 2

),

hop_0 as (

    select
        ended_id,
        next_id
    from destinations
    where destination_rank = 1

),

-- The id it went to may have ended too: each step doubles the distance followed.
{% for hop in range(1, hops + 1) -%}
    hop_{{ hop }} as (

        select
            near.ended_id,
            coalesce(far.next_id, near.next_id) as next_id
        from hop_{{ hop - 1 }} as near

        left join hop_{{ hop - 1 }} as far
            on near.next_id = far.ended_id

    ),

{% endfor -%}

final as (

    select
        ---------- ids
        hop_{{ hops }}.ended_id as previous_customer_id,
        hop_{{ hops }}.next_id as customer_id

    from hop_{{ hops }}

    inner join active
        on hop_{{ hops }}.next_id = active.customer_id

)

select * from final
