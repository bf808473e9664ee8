{# How many letters must be added, dropped or replaced to turn one text into the other. #}
{% macro edit_distance(first, second) -%}
    {{ return(adapter.dispatch('edit_distance', 'goldthread')(first, second)) }}
{%- endmacro %}

{% macro default__edit_distance(first, second) -%}
    levenshtein({{ first }}, {{ second }})
{%- endmacro %}
