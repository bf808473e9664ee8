with

ranked_values as (

    select * from {{ ref('int_customer_360__ranked_values') }}

),

final as (

    select
        ---------- ids
        customer_id,
        source,
        source_record_id,

        ---------- strings
        attribute,
        value,
        rule,
        case when is_eligible then doubt else 'former_place' end as doubt,

        ---------- numerics
        cast(candidate_rank as {{ dbt.type_int() }}) as candidate_rank,
        cast(record_count as {{ dbt.type_int() }}) as record_count,

        ---------- booleans
        candidate_rank = 1 and is_eligible as is_winner,

        ---------- timestamps
        observed_at

    from ranked_values

)

select * from final
