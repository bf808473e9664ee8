{# What json_parsed reads out of a part of a Segment-spec message: 'context', 'properties' or 'traits'. #}
{% macro message_shape(part) -%}
    {%- set address = {
        'street': 'text', 'line1': 'text', 'postalCode': 'text', 'postal_code': 'text',
        'city': 'text', 'country': 'text',
    } -%}
    {{ return({
        'context': {
            'campaign': {'name': 'text'},
            'page': {'path': 'text'},
            'consent': {'categoryPreferences': 'json'},
            'traits': 'json',
        },
        'properties': {'product_id': 'text', 'productId': 'text', 'category': 'text', 'path': 'text'},
        'traits': {
            'email': 'text', 'phone': 'text', 'name': 'text', 'firstName': 'text',
            'first_name': 'text', 'lastName': 'text', 'last_name': 'text', 'birthday': 'text',
            'birth_date': 'text', 'birthDate': 'text', 'address': address, 'address_line': 'text',
            'postalCode': 'text', 'postal_code': 'text', 'city': 'text', 'country': 'text',
        },
    }[part]) }}
{%- endmacro %}
