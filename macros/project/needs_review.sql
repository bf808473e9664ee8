{# Expression: whether a review entry is still a question; see ``review_type``. What became one
   customer by another way is none, nor are two whom people keep apart (decided); a decision that was
   not obeyed is. #}
{% macro needs_review(found, decided, ours, theirs) -%}
    (
        {{ found }}.left_key is null
        or (
            {{ ours }}.customer_id != {{ theirs }}.customer_id
            and {{ found }}.review_type != 'kept_apart'
            and ({{ decided }}.because is null or {{ found }}.identifier_type = 'override')
        )
        or (
            {{ found }}.identifier_type = 'override'
            and ({{ ours }}.customer_id is null or {{ theirs }}.customer_id is null)
        )
    )
{%- endmacro %}
