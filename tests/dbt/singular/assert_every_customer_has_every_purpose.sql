-- A customer without a row for a purpose would fall out of the consent gate unseen.
with

expected as (

    select
        customers.customer_id,
        purposes.purpose
    from (select distinct customer_id from {{ ref('customer_source_records') }}) as customers

    cross join {{ ref('purposes') }} as purposes

)

select
    expected.customer_id,
    expected.purpose
from expected

left join {{ ref('consents') }} as consents
    on
        expected.customer_id = consents.customer_id
        and expected.purpose = consents.purpose

where consents.customer_id is null
