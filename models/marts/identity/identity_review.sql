with

records as (select * from {{ ref('customer_source_records') }}),

found as (

    select
        case decision
            when 'linked' then 'cut_link' when 'apart' then 'kept_apart' else 'refused_link'
        end as review_type,
        identifier_type,
        identifier_value,
        left_key,
        right_key,
        match_weight,
        match_probability,
        cast(null as {{ dbt.type_bigint() }}) as record_count,
        reason
    from {{ ref('int_identity__edges') }}

    union all

    select
        'near_link' as review_type,
        'details' as identifier_type,
        null as identifier_value,
        left_key,
        right_key,
        match_weight,
        match_probability,
        null as record_count,
        'details agree, but not enough' as reason
    from {{ ref('int_identity__scored_pairs') }}
    where not is_link and conflict is null and match_probability >= 0.3

    union all

    select
        'value_over_cap' as review_type,
        identifier_type,
        identifier_value,
        null as left_key,
        null as right_key,
        null as match_weight,
        null as match_probability,
        record_count,
        excluded_because as reason
    from {{ ref('int_identity__identifier_values') }}
    where excluded_because in ('too_many_records', 'too_many_strong_ids')

),

-- Two customers whom risk alone keeps apart: each link between them is such a one.
held_back as (

    {{ customers_apart(
        ref('int_identity__clusters'), 'source_record_key', 'held_back_from', 'held_back_because'
    ) }}

),

decided as (

    {{ customers_apart(
        'found', 'left_key', 'right_key', "case when review_type = 'kept_apart' then reason end"
    ) }}

),

final as (

    select
        ---------- ids
        {{ hash_of([
            'review_type', 'identifier_type', 'identifier_value', 'left_key', 'right_key'
        ]) }} as review_id,
        ours.customer_id,
        theirs.customer_id as other_customer_id,
        found.left_key as source_record_key,
        found.right_key as other_source_record_key,

        ---------- strings
        {{ review_type('found', 'held_back', 'ours', 'theirs') }} as review_type,
        found.identifier_type,
        found.identifier_value,
        {{ review_reason('found', 'held_back', 'ours', 'theirs') }} as reason,

        ---------- numerics
        found.record_count,
        found.match_weight,
        found.match_probability

    from found
    left join records as ours on found.left_key = ours.source_record_key
    left join records as theirs on found.right_key = theirs.source_record_key
    left join held_back
        on
            least(ours.customer_id, theirs.customer_id) = held_back.first_id
            and greatest(ours.customer_id, theirs.customer_id) = held_back.second_id
    left join decided
        on
            least(ours.customer_id, theirs.customer_id) = decided.first_id
            and greatest(ours.customer_id, theirs.customer_id) = decided.second_id
    where {{ needs_review('found', 'decided', 'ours', 'theirs') }}

)

select * from final
