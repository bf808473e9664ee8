{#
    Query: every customer and a hash of all that the golden values follow from, seeds aside: a changed
    seed is a changed project, after which everything is built anew.
#}
{% macro golden_inputs() -%}
    {%- set details = [
        'email', 'phone', 'first_name', 'last_name', 'birth_date', 'address_line', 'postal_code',
        'city', 'country', 'observed_at'
    ] -%}
    select
        facts.customer_id,
        {{ rows_hash(['facts.fact_key', 'facts.fact_hash']) }} as inputs_hash
    from (
        select
            owners.customer_id,
            records.source_record_key as fact_key,
            {{ hash_of(prefixed('records', details) + ['deliveries.reached_at']) }} as fact_hash
        from {{ ref('source_records') }} as records
        inner join {{ ref('customer_source_records') }} as owners
            on records.source_record_key = owners.source_record_key
        left join {{ ref('int_customer_360__email_deliveries') }} as deliveries
            on records.email = deliveries.email
        where records.source <> 'web'
        union all
        select
            said.customer_id,
            said.version_id as fact_key,
            {{ hash_of(prefixed('said', details + ['source_record_key'])) }} as fact_hash
        from {{ ref('int_customer_360__visitor_values') }} as said
        union all
        select
            shared.customer_id,
            shared.identifier_type as fact_key,
            {{ hash_of(['shared.identifier_value']) }} as fact_hash
        from {{ ref('customer_identifiers') }} as shared
        where shared.identifier_type in ('email', 'phone') and shared.is_shared
        union all
        select
            decided.customer_id,
            decided.attribute as fact_key,
            {{ hash_of(prefixed('decided', ['source_record_key', 'value', 'observed_at'])) }} as fact_hash
        from {{ ref('int_customer_360__corrections') }} as decided
    ) as facts
    group by 1
{%- endmacro %}
