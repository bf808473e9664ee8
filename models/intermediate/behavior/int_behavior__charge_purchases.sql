-- Nearest first, one to one: a pair that is the best for its purchase and its charge is settled,
-- both leave, and the rest is ranked anew. Each round settles at least one pair of every group of
-- equal payments, so this many rounds are exact for anyone with up to as many equal, unlabelled
-- payments a day, and for nearly all with more; a test watches over the rest.
{% set rounds = 10 %}

with

purchases as (

    select
        purchase_id,
        customer_id,
        currency,
        gross_amount,
        purchased_at
    from {{ ref('int_behavior__purchases') }}

),

charges as (

    select
        charge_id,
        purchase_id,
        customer_id,
        currency,
        charge_amount,
        created_at,
        case when status = 'succeeded' then 1 else 0 end as is_paid
    from {{ ref('int_behavior__charges') }}

),

named as (

    select
        charges.charge_id,
        charges.purchase_id,
        charges.is_paid
    from charges

    inner join purchases
        on charges.purchase_id = purchases.purchase_id

),

unpaid_purchases as (

    select purchases.*
    from purchases

    left join named
        on purchases.purchase_id = named.purchase_id and named.is_paid = 1

    where named.purchase_id is null

),

unnamed_charges as (

    select charges.*
    from charges

    left join named
        on charges.charge_id = named.charge_id

    where named.charge_id is null

),

-- A failed attempt never takes the purchase from the charge that paid it, however near it lies.
open_0 as (

    select
        unpaid_purchases.purchase_id,
        unnamed_charges.charge_id,
        row_number() over (
            partition by unpaid_purchases.customer_id
            order by
                unnamed_charges.is_paid desc,
                abs({{ microseconds_between(
                    'unpaid_purchases.purchased_at', 'unnamed_charges.created_at'
                ) }}) asc,
                unpaid_purchases.purchase_id asc,
                unnamed_charges.charge_id asc
        ) as pair_rank
    from unpaid_purchases

    inner join unnamed_charges
        on
            unpaid_purchases.customer_id = unnamed_charges.customer_id
            and unpaid_purchases.currency = unnamed_charges.currency
            and unpaid_purchases.gross_amount = unnamed_charges.charge_amount
            and unnamed_charges.created_at
            >= {{ dbt.dateadd('hour', -24, 'unpaid_purchases.purchased_at') }}
            and unnamed_charges.created_at
            <= {{ dbt.dateadd('hour', 24, 'unpaid_purchases.purchased_at') }}

),
{% for round in range(1, rounds + 1) %}
    settled_{{ round }} as (

        select
            purchase_id,
            charge_id,
            pair_rank,
            case
                when
                    pair_rank = min(pair_rank) over (partition by purchase_id)
                    and pair_rank = min(pair_rank) over (partition by charge_id)
                    then 1
                else 0
            end as is_settled
        from open_{{ round - 1 }}

    ),

    left_{{ round }} as (

        select
            purchase_id,
            charge_id,
            pair_rank,
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
    from named

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
