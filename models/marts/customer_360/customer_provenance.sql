with

candidates as (

    select
        customer_id,
        source,
        source_record_id,
        attribute,
        value,
        rule,
        is_winner,
        observed_at
    from {{ ref('customer_attribute_candidates') }}

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

        ---------- timestamps
        observed_at

    from candidates

    where is_winner

)

select * from final
