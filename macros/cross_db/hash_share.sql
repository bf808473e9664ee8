{# A number from 0 to below 1 that depends on the text alone, evenly spread: the same text always draws the same lot. #}
{% macro hash_share(text) -%}
    {{ return(adapter.dispatch('hash_share', 'goldthread')(text)) }}
{%- endmacro %}

{% macro default__hash_share(text) -%}
    (cast('0x' || substring({{ dbt.hash(text) }}, 1, 8) as bigint) / 4294967296.0)
{%- endmacro %}

{% macro spark__hash_share(text) -%}
    (cast(conv(substring({{ dbt.hash(text) }}, 1, 8), 16, 10) as bigint) / 4294967296.0)
{%- endmacro %}
