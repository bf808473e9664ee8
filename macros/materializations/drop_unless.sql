{# Drop what stands under a model's name when it is of another type than the model is now. #}
{% macro drop_unless(relation, type) %}
    {% if relation is not none and relation.type != type %}
        {% do adapter.drop_relation(relation) %}
    {% endif %}
{% endmacro %}
