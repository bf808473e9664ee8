{# When an event really happened: the device's clock corrected by its skew (sentAt to receivedAt), and never
   later than the moment the event was received. Where that is before 1900 or, without receivedAt, a year after the
   event was sent, no clock can be meant, and the event happened when it was received, else sent. #}
{% macro event_time(timestamp, sent_at, received_at) -%}
    {{ return(adapter.dispatch('event_time', 'goldthread')(timestamp, sent_at, received_at)) }}
{%- endmacro %}

{% macro default__event_time(timestamp, sent_at, received_at) -%}
    {%- set corrected -%}
    case
        when {{ timestamp }} is null then coalesce({{ received_at }}, {{ sent_at }})
        when {{ received_at }} is null then {{ timestamp }}
        when {{ sent_at }} >= {{ timestamp }}
            then {{ timestamp_minus_gap(received_at, timestamp, sent_at) }}
        when {{ sent_at }} is null and {{ timestamp }} < {{ received_at }} then {{ timestamp }}
        else {{ received_at }}
    end
    {%- endset -%}
    case
        when {{ corrected }} < cast('1900-01-01' as {{ dbt.type_timestamp() }})
            or (
                {{ received_at }} is null
                and {{ timestamp }} > {{ dbt.dateadd('day', 366, sent_at) }}
            )
            then coalesce({{ received_at }}, {{ sent_at }}, {{ timestamp }})
        else {{ corrected }}
    end
{%- endmacro %}
