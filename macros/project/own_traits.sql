{# The JSON that describes the person of a message: its traits (those of a group call describe the group), else the
   traits in its parsed context. #}
{% macro own_traits(message_type, traits, context) -%}
    {{ return(adapter.dispatch('own_traits', 'goldthread')(message_type, traits, context)) }}
{%- endmacro %}

{% macro default__own_traits(message_type, traits, context) -%}
    coalesce(
        case when {{ message_type }} <> 'group' then nullif({{ traits }}, '{}') end,
        {{ json_field(context, 'traits') }}
    )
{%- endmacro %}
