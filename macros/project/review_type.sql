{# Expression: the kind of a review entry. found: what was found, held_back: the risk that keeps the
   two customers apart; ours, theirs: the records at both ends, null where nobody knows them. #}
{% macro review_type(found, held_back, ours, theirs) -%}
    case
        when
            {{ found }}.left_key is not null
            and ({{ ours }}.customer_id is null or {{ theirs }}.customer_id is null)
            then 'unknown_record'
        when {{ found }}.review_type = 'cut_link'
            then coalesce({{ held_back }}.because, 'cut_link')
        else {{ found }}.review_type
    end
{%- endmacro %}
