-- Nearest first, one to one: a pair that is the best for its purchase and its charge is settled,
-- both leave, and the rest is ranked anew. Each round settles at least one pair of every group of
-- equal payments, so this many rounds are exact for anyone with up to as many equal, unlabelled
-- payments a day, and for nearly all with more; a test watches over the rest.
{% set rounds = 10 %}

with

purchases as (

    select * from {{ ref('int_behavior__purchases') }}
    where not has_named_payment

),

charges as (

    select
        *,
        case when status = 'succeeded' then 1 else 0 end as is_paid
    from {{ ref('int_behavior__charges') }}

),

-- A failed attempt never takes the purchase from the charge that paid it, however near it lies.
open_0 as (

    select
        purchases.purchase_id,
        charges.charge_id,
        row_number() over (
            partition by purchases.customer_id
            order by
                charges.is_paid desc,
                abs({{ microseconds_between('purchases.purchased_at', 'charges.created_at') }}) asc,
                purchases.purchase_id asc,
                charges.charge_id asc
        ) as pair_rank
    from purchases

    inner join charges
        on
            charges.purchase_id is null
            and purchases.customer_id = charges.customer_id
            and purchases.currency = charges.currency
            and purchases.gross_amount = charges.charge_amount
            and charges.created_at >= {{ dbt.dateadd('hour', -24, 'purchases.purchased_at') }}
            and charges.created_at <= {{ dbt.dateadd('hour', 24, 'purchases.purchased_at') }}

),
{% for round in range(1, rounds + 1) %}
    settled_{{ round }} as (

        select
            *,
            case
                when pair_rank > min(pair_rank) over (partition by purchase_id) then 0
                when pair_rank > min(pair_rank) over (partition by charge_id) then 0
                else 1
            end as is_settled
        from open_{{ round - 1 }}

    ),

    left_{{ round }} as (

        select
            *,
            max(is_settled) over (partition by purchase_id) as is_purchase_settled,
            max(is_settled) over (partition by charge_id) as is_charge_settled
        from settled_{{ round }}

    ),

    open_{{ round }} as (

        select
            purchase_id,
            charge_id,
            pair_rank
        from left_{{ round }}
        where is_purchase_settled = 0 and is_charge_settled = 0

    ),
{% endfor %}
final as (

    select
        charge_id,
        purchase_id,
        'metadata' as matched_by
    from charges
    where purchase_id is not null
    {% for round in range(1, rounds + 1) %}
        union all
        select
            charge_id,
            purchase_id,
            'amount' as matched_by
        from settled_{{ round }}
        where is_settled = 1
    {% endfor %}
)

select * from final
