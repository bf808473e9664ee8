{# The value, as text, that a wide row holds for the attribute of the golden record that an expression names. #}
{% macro golden_attribute(attribute, row) -%}
    case {{ attribute }}
        {%- for name in ['email', 'phone', 'first_name', 'last_name', 'address_line', 'postal_code', 'city', 'country'] %}
        when '{{ name }}' then {{ row }}.{{ name }}
        {%- endfor %}
        when 'birth_date' then cast({{ row }}.birth_date as {{ dbt.type_string() }})
    end
{%- endmacro %}
