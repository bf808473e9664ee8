{# The list of columns, each qualified by the relation. #}
{% macro prefixed(relation, columns) -%}
    {%- set qualified = [] -%}
    {%- for column in columns -%}{%- do qualified.append(relation ~ '.' ~ column) -%}{%- endfor -%}
    {{ return(qualified) }}
{%- endmacro %}
