{#
    Query: every customer and purpose that is closed whatever consents say, and whether a suppression closes it or, of
    an address only the golden record holds, a denial. A steward's correction, or what was said on a device of several
    people, is written to without being an identifier of any record, and consents know nothing of it.
#}
{% macro closed_purposes() -%}
    with

    addresses as (

        {{ golden_addresses() }}

    ),

    -- Shared ones too: whoever may be meant is left alone.
    identifiers as (

        select
            customer_id,
            identifier_type,
            identifier_value
        from {{ ref('customer_identifiers') }}

        union all

        select * from addresses

    ),

    suppressions as (

        select
            said.identifier_type,
            said.identifier_value,
            purposes.purpose
        from {{ ref('stg_stewardship__suppressions') }} as said
        inner join {{ ref('purposes') }} as purposes
            on coalesce(said.purpose, purposes.purpose) = purposes.purpose

    ),

    denials as (

        select
            identifier_type,
            identifier_value,
            purpose
        from {{ ref('consent_signals') }}
        where is_current and not is_granted and identifier_type in ('email', 'phone')

    ),

    refusals as (
        {% for said, held, is_suppression in [
            ('suppressions', 'identifiers', 1), ('denials', 'addresses', 0)
        ] %}
            select
                meant.customer_id,
                said.purpose,
                {{ is_suppression }} as is_suppression
            from {{ said }} as said
            inner join (
                select * from {{ held }}
                union all
                {{ local_spellings(said, held) }}
            ) as meant
                on
                    said.identifier_type = meant.identifier_type
                    and said.identifier_value = meant.identifier_value
            {{ 'union all' if not loop.last }}
        {% endfor %}
    )

    select
        customer_id,
        purpose,
        max(is_suppression) = 1 as is_suppressed,
        min(is_suppression) = 0 as is_denied
    from refusals
    group by 1, 2
{%- endmacro %}
