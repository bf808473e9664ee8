{# The country whose dialling rules a phone number follows: the row's own, the default one where the row names none at all,
   and none where it names one that is not known. #}
{% macro dialled_in(country, country_key) -%}
    {{ return(adapter.dispatch('dialled_in', 'goldthread')(country, country_key)) }}
{%- endmacro %}

{% macro default__dialled_in(country, country_key) -%}
    case when {{ country_key }} is null then '{{ var("phone_default_country") }}' else {{ country }} end
{%- endmacro %}
