{# The text with accented Latin letters replaced by their plain ones. #}
{% macro strip_accents(column) -%}
    {{ return(adapter.dispatch('strip_accents', 'goldthread')(column)) }}
{%- endmacro %}

{% macro default__strip_accents(column) -%}
    strip_accents(translate({{ column }}, 'łŁøØđĐı', 'lLoOdDi'))
{%- endmacro %}

{% macro spark__strip_accents(column) -%}
    translate(
        {{ column }},
        'àÀáÁâÂãÃäÄåÅāĀăĂąĄçÇćĆčČďĎèÈéÉêÊëËēĒěĚęĘğĞìÌíÍîÎïÏīĪıłŁñÑńŃňŇòÒóÓôÔõÕöÖøØőŐřŘśŚšŠşŞťŤţŢùÙúÚûÛüÜūŪůŮűŰýÝÿźŹżŻžŽđĐ',
        'aAaAaAaAaAaAaAaAaAcCcCcCdDeEeEeEeEeEeEeEgGiIiIiIiIiIilLnNnNnNoOoOoOoOoOoOoOrRsSsSsStTtTuUuUuUuUuUuUuUyYyzZzZzZdD'
    )
{%- endmacro %}
