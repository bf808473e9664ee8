{# How carefully a text was typed: who wrote an accent knew it, one case throughout is the keyboard's doing. #}
{% macro spelling_care(column) -%}
    case when {{ column }} <> upper({{ column }}) and {{ column }} <> lower({{ column }}) then 1 else 0 end
    + case when {{ column }} <> {{ strip_accents(column) }} then 1 else 0 end
{%- endmacro %}
