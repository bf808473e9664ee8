{# The spelling under which seed `country_names` lists a country: lower case, single blanks. #}
{% macro normalize_country_key(column) -%}
    {{ return(adapter.dispatch('normalize_country_key', 'goldthread')(column)) }}
{%- endmacro %}

{% macro default__normalize_country_key(column) -%}
    lower({{ normalize_text(column) }})
{%- endmacro %}
