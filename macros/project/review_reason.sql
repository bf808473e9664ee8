{# Expression: why a review entry was not followed, in words; see ``review_type``. #}
{% macro review_reason(found, held_back, ours, theirs) -%}
    case
        when
            {{ found }}.left_key is not null
            and ({{ ours }}.customer_id is null or {{ theirs }}.customer_id is null)
            then 'a decision on a record that is not there'
        when {{ found }}.review_type != 'cut_link' then {{ found }}.reason
        when {{ found }}.identifier_type = 'override' then 'other decisions contradict this one'
        when {{ held_back }}.because = 'bridge_link' then 'nothing else joins two known people'
        when {{ held_back }}.because is not null
            then 'too many different records for one person'
        else 'joining them would contradict stronger links'
    end
{%- endmacro %}
