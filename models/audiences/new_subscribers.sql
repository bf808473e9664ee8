with

signups as (

    select
        customer_id,
        min(first_seen_at) as first_signed_up_at
    from {{ ref('customer_source_records') }}
    where source = 'signups'
    group by customer_id

),

consents as (

    select customer_id
    from {{ ref('consents') }}
    where purpose = 'email_marketing' and status = 'granted'

),

final as (

    select signups.customer_id
    from signups

    inner join consents
        on signups.customer_id = consents.customer_id

    where
        signups.first_signed_up_at >= {{ dbt.dateadd('day', -30, as_of()) }}
        and signups.first_signed_up_at <= {{ as_of() }}

)

select * from final
