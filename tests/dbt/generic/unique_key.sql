{# Fails for each value of the column that stands in more than one row, and for rows without one. #}
{% test unique_key(model, column_name) %}

select
    {{ column_name }},
    count(*) as row_count
from {{ model }}
group by {{ column_name }}
having count(*) > 1 or {{ column_name }} is null

{% endtest %}
