with

exact_edges as (

    select * from {{ ref('int_identity__exact_edges') }}

),

scored_pairs as (

    select * from {{ ref('int_identity__scored_pairs') }}

),

overrides as (

    select * from {{ ref('int_identity__active_overrides') }}

),

records as (

    select
        source_record_key,
        record_number,
        numbering
    from {{ ref('int_identity__linkage_records') }}

),

final as (

    select
        left_key,
        right_key,
        left_number,
        right_number,
        numbering,
        identifier_type,
        identifier_value,
        decision,
        reason,
        priority,
        match_weight,
        match_probability,
        is_certain
    from exact_edges

    union all

    select
        left_key,
        right_key,
        left_number,
        right_number,
        numbering,
        'details' as identifier_type,
        cast(null as {{ dbt.type_string() }}) as identifier_value,
        'linked' as decision,
        'details agree' as reason,
        99 as priority,
        match_weight,
        match_probability,
        false as is_certain
    from scored_pairs
    where is_link

    union all

    select
        overrides.left_key,
        overrides.right_key,
        left_records.record_number as left_number,
        right_records.record_number as right_number,
        left_records.numbering,
        'override' as identifier_type,
        overrides.override_id as identifier_value,
        case overrides.override_type when 'must_link' then 'linked' else 'apart' end as decision,
        overrides.override_type || ' by ' || overrides.decided_by || ': ' || overrides.reason
            as reason,
        0 as priority,
        cast(null as double) as match_weight,
        cast(null as double) as match_probability,
        true as is_certain
    from overrides

    left join records as left_records
        on overrides.left_key = left_records.source_record_key

    left join records as right_records
        on overrides.right_key = right_records.source_record_key

)

select * from final
