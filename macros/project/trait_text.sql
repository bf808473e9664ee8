{# One attribute of a person out of parsed traits, under whichever of its usual spellings it stands;
   a name may stand as a full name only. #}
{% macro trait_text(person, attribute) -%}
    {{ return(adapter.dispatch('trait_text', 'goldthread')(person, attribute)) }}
{%- endmacro %}

{% macro default__trait_text(person, attribute) -%}
    {%- set spellings = {
        'first_name': ['firstName', 'first_name'],
        'last_name': ['lastName', 'last_name'],
        'birth_date': ['birthday', 'birth_date', 'birthDate'],
        'address_line': ['address.street', 'address.line1', 'address_line'],
        'postal_code': ['address.postalCode', 'address.postal_code', 'postalCode', 'postal_code'],
        'city': ['address.city', 'city'],
        'country': ['address.country', 'country'],
    } -%}
    {%- set spelled = first_text(person, spellings[attribute]) -%}
    {%- set full_name = json_field(person, 'name') -%}
    {%- if attribute == 'first_name' -%} coalesce({{ spelled }}, {{ given_names_of(full_name) }})
    {%- elif attribute == 'last_name' -%} coalesce({{ spelled }}, {{ family_name_of(full_name) }})
    {%- else -%} {{ spelled }}
    {%- endif -%}
{%- endmacro %}
