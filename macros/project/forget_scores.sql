{# Before a full refresh, drop the scores that earlier runs kept; does nothing otherwise. #}
{% macro forget_scores() -%}
    {%- if flags.FULL_REFRESH -%}
        drop schema if exists {{ this.database }}.identity_kept cascade
    {%- endif -%}
{%- endmacro %}
