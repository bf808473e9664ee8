{# Sub-query: pairs of customers, the smaller id first, who are kept apart by something between two
   of their records, and why. because: an expression on ``pairs``, null where nothing keeps apart. #}
{% macro customers_apart(pairs, left_key, right_key, because) -%}
    select
        least(ours.customer_id, theirs.customer_id) as first_id,
        greatest(ours.customer_id, theirs.customer_id) as second_id,
        min({{ because }}) as because
    from {{ pairs }} as pairs
    inner join records as ours on pairs.{{ left_key }} = ours.source_record_key
    inner join records as theirs on pairs.{{ right_key }} = theirs.source_record_key
    where {{ because }} is not null
    group by 1, 2
{%- endmacro %}
