{# Identifies a membership by who entered what when; it stays when the customer's id changes in a merge. #}
{% macro membership_id(audience, customer_id, entered_at) -%}
    {{ dbt.hash(audience ~ " || ':' || " ~ customer_id ~ " || ':' || cast(" ~ entered_at ~ " as " ~ dbt.type_string() ~ ")") }}
{%- endmacro %}
