{# The last word of a full name; null when the name is a single word. #}
{% macro family_name_of(full_name) -%}
    {{ return(adapter.dispatch('family_name_of', 'goldthread')(full_name)) }}
{%- endmacro %}

{% macro default__family_name_of(full_name) -%}
    case
        when {{ normalize_text(full_name) }} like '% %'
            then {{ regexp_replace(normalize_text(full_name), '^.*[ ]', '') }}
    end
{%- endmacro %}
