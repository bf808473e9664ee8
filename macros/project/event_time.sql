{# When an event really happened: the device's clock corrected by its skew (sentAt to receivedAt), and never
   later than the moment the event was received. #}
{% macro event_time(timestamp, sent_at, received_at) -%}
    {{ return(adapter.dispatch('event_time', 'goldthread')(timestamp, sent_at, received_at)) }}
{%- endmacro %}

{% macro default__event_time(timestamp, sent_at, received_at) -%}
    case
        when {{ timestamp }} is null then coalesce({{ received_at }}, {{ sent_at }})
        when {{ received_at }} is null then {{ timestamp }}
        when {{ sent_at }} >= {{ timestamp }}
            then {{ timestamp_minus_gap(received_at, timestamp, sent_at) }}
        when {{ sent_at }} is null and {{ timestamp }} < {{ received_at }} then {{ timestamp }}
        else {{ received_at }}
    end
{%- endmacro %}
