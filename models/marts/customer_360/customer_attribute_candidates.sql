with

weighed_values as (

    select
        weighed.*,
        case when weighed.doubt is null then 0 else 1 end as doubt_level,
        count(*) over (
            partition by weighed.customer_id, weighed.attribute, weighed.value_key
        ) as record_count
    from {{ ref('int_customer_360__weighed_values') }} as weighed
    {{ only_new('weighed', 'customer_id') }}

),

-- What the newest record says; under most_recent the others count as far as they agree with it.
compared as (

    select
        *,
        first_value(value_key) over (
            partition by customer_id, attribute
            order by
                standing asc,
                doubt_level asc,
                observed_at desc nulls last,
                priority asc,
                source_record_key asc
        ) as newest_key
    from weighed_values

),

scored as (

    select
        *,
        case rule
            when 'most_frequent' then record_count
            when 'longest' then length(value)
            when 'source_priority' then -priority
            -- The current place is already settled for the address as a whole.
            when 'most_recent'
                then case
                    when unit = 'address' or value_key = newest_key then 1
                    when {{ edit_distance('value_key', 'newest_key') }} <= tolerated_edits then 1
                    else 0
                end
        end as rule_score
    from compared

),

ranked as (

    select
        *,
        row_number() over (
            partition by customer_id, attribute
            order by
                standing asc,
                doubt_level asc,
                rule_score desc,
                record_count desc,
                spelling_level desc,
                observed_at desc nulls last,
                priority asc,
                source_record_key asc
        ) as candidate_rank
    from scored

),

final as (

    select
        ---------- ids
        customer_id,
        source,
        source_record_id,
        -- A correction alone has none, and is looked at again in every run.
        coalesce(max(inputs_hash) over (partition by customer_id), '') as inputs_hash,

        ---------- strings
        attribute,
        value,
        case when standing = 0 then 'steward_correction' else rule end as rule,
        case when standing = 2 then 'former_place' else doubt end as doubt,

        ---------- numerics
        {{ as_count('candidate_rank') }} as candidate_rank,
        {{ as_count('record_count') }} as record_count,

        ---------- booleans
        candidate_rank = 1 and standing < 2 as is_winner,

        ---------- timestamps
        observed_at

    from ranked

)

select * from final
