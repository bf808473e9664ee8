{{ config(severity='warn') }}

-- Reported, not refused: these orders stay out of lifetime value until a rate arrives.
select
    order_id,
    currency,
    order_amount,
    unconverted_reason
from {{ ref('orders') }}
where unconverted_reason is not null
