{# One key for spellings of the same word: case, accents and their transliterations (ü, ue, u) do not count. #}
{% macro fold_spelling(column) -%}
    {%- set plain = strip_accents("replace(replace(lower(" ~ column ~ "), 'ß', 'ss'), 'æ', 'ae')") -%}
    replace(replace(replace({{ plain }}, 'ae', 'a'), 'oe', 'o'), 'ue', 'u')
{%- endmacro %}
