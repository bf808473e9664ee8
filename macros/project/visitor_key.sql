{# Whose visit a web message belongs to: the device, else the user. #}
{% macro visitor_key(messages) -%}
    coalesce('anonymous_id:' || {{ messages }}.anonymous_id, 'user_id:' || {{ messages }}.user_id)
{%- endmacro %}
