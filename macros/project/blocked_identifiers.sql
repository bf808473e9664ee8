{#
    The rows (identifier_type, identifier_value, reason) of a CTE that match identifier_blocklist.
    Values of nothing but zeros and dashes (of any length) are all compared as one zero.
    Values are made comparable once and joined by type: a nested loop over every pattern took two
    minutes where this takes a third of a second.
#}
{% macro blocked_identifiers(identifiers) -%}
    select
        candidates.identifier_type,
        candidates.identifier_value,
        min(patterns.reason) as reason
    from (
        select distinct
            identifier_type,
            identifier_value,
            case
                when translate(identifier_value, '+0-', '') = '' then '0'
                else lower(identifier_value)
            end as comparable_value
        from {{ identifiers }}
    ) as candidates
    inner join (
        select
            types.identifier_type,
            blocklist.pattern,
            blocklist.reason
        from {{ ref('identifier_blocklist') }} as blocklist
        inner join (select distinct identifier_type from {{ identifiers }}) as types
            on blocklist.identifier_type in ('any', types.identifier_type)
    ) as patterns
        on
            candidates.identifier_type = patterns.identifier_type
            and candidates.comparable_value like patterns.pattern
    group by 1, 2
{%- endmacro %}
