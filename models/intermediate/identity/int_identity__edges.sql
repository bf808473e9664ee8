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

final as (

    select
        left_key,
        right_key,
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
        left_key,
        right_key,
        'override' as identifier_type,
        override_id as identifier_value,
        case override_type when 'must_link' then 'linked' else 'apart' end as decision,
        override_type || ' by ' || decided_by || ': ' || reason as reason,
        0 as priority,
        cast(null as double) as match_weight,
        cast(null as double) as match_probability,
        true as is_certain
    from overrides

)

select * from final
