{# The birth date a text begins with (2001-02-03, 2001-02-03T04:05:06Z), null where there is none, where it is before 1900
   or after the web message of alias `message`. By the message, not by the run: it is staged once. #}
{% macro birth_date_in(column, message) -%}
    {{ return(adapter.dispatch('birth_date_in', 'goldthread')(column, message)) }}
{%- endmacro %}

{% macro default__birth_date_in(column, message) -%}
    {%- set day = try_cast(text_before(column, 10), 'date') -%}
    {%- set times = message ~ '.received_at, ' ~ message ~ '.sent_at, ' ~ message ~ '.timestamp' -%}
    case
        when
            {{ column }} between '0' and ':'
            and {{ day }} between cast('1900-01-01' as date) and cast(coalesce({{ times }}) as date)
            then {{ day }}
    end
{%- endmacro %}
