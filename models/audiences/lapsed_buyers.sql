with

traits as (

    select
        customer_id,
        last_ordered_at
    from {{ ref('customer_traits') }}

),

final as (

    select customer_id
    from traits
    where last_ordered_at < {{ dbt.dateadd('day', -180, as_of()) }}

)

select * from final
