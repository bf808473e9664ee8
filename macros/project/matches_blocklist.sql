{#
    Join condition: the identifier matches a row of identifier_blocklist, aliased `blocklist`.
    Values of nothing but zeros and dashes (of any length) are all compared as one zero.
#}
{% macro matches_blocklist(identifier_type, identifier_value) -%}
    blocklist.identifier_type in ('any', {{ identifier_type }})
    and case
        when translate({{ identifier_value }}, '+0-', '') = '' then '0'
        else lower({{ identifier_value }})
    end like blocklist.pattern
{%- endmacro %}
