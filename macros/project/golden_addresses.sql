{# Query: the addresses that a customer is written to, whether or not a record holds them. #}
{% macro golden_addresses() -%}
    {% for channel in ['email', 'phone'] %}
        select
            customer_id,
            '{{ channel }}' as identifier_type,
            {{ channel }} as identifier_value
        from {{ ref('customers') }}
        where {{ channel }} is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}
