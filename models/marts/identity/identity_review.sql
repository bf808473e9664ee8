with

identifier_values as (select * from {{ ref('int_identity__identifier_values') }}),

edges as (select * from {{ ref('int_identity__edges') }}),

scored_pairs as (select * from {{ ref('int_identity__scored_pairs') }}),

records as (select * from {{ ref('customer_source_records') }}),

pairs as (

    select
        case when decision = 'linked' then 'cut_link' else 'refused_link' end as review_type,
        identifier_type,
        identifier_value,
        left_key,
        right_key,
        match_weight,
        match_probability,
        case
            when decision = 'linked' then 'joining them would contradict stronger links'
            else reason
        end as reason
    from edges
    where decision != 'apart'

    union all

    select
        'near_link' as review_type,
        'details' as identifier_type,
        cast(null as {{ dbt.type_string() }}) as identifier_value,
        left_key,
        right_key,
        match_weight,
        match_probability,
        'details agree, but not enough' as reason
    from scored_pairs
    where not is_link and conflict is null and match_probability >= 0.3

),

-- What became one customer by another way needs no review.
entries as (

    select
        pairs.*,
        left_records.customer_id,
        right_records.customer_id as other_customer_id,
        cast(null as {{ dbt.type_bigint() }}) as record_count
    from pairs

    inner join records as left_records
        on pairs.left_key = left_records.source_record_key

    inner join records as right_records
        on pairs.right_key = right_records.source_record_key

    where left_records.customer_id != right_records.customer_id

    union all

    select
        'value_over_cap' as review_type,
        identifier_type,
        identifier_value,
        cast(null as {{ dbt.type_string() }}) as left_key,
        cast(null as {{ dbt.type_string() }}) as right_key,
        cast(null as double) as match_weight,
        cast(null as double) as match_probability,
        excluded_because as reason,
        cast(null as {{ dbt.type_string() }}) as customer_id,
        cast(null as {{ dbt.type_string() }}) as other_customer_id,
        record_count
    from identifier_values
    where excluded_because in ('too_many_records', 'too_many_strong_ids')

),

final as (

    select
        ---------- ids
        {{ hash_of([
            'review_type', 'identifier_type', 'identifier_value', 'left_key', 'right_key'
        ]) }} as review_id,
        customer_id,
        other_customer_id,
        left_key as source_record_key,
        right_key as other_source_record_key,

        ---------- strings
        review_type,
        identifier_type,
        identifier_value,
        reason,

        ---------- numerics
        record_count,
        match_weight,
        match_probability

    from entries

)

select * from final
