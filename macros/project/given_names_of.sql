{# All but the last word of a full name; a single word counts as the given name. #}
{% macro given_names_of(full_name) -%}
    {{ return(adapter.dispatch('given_names_of', 'goldthread')(full_name)) }}
{%- endmacro %}

{% macro default__given_names_of(full_name) -%}
    {{ regexp_replace(normalize_text(full_name), '[ ][^ ]+$', '') }}
{%- endmacro %}
