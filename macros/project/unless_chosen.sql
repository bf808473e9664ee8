{#
    Where clause: customers whose golden values the last build did not choose from these very inputs.
    Reads customer_attribute_candidates as it stands: no ref, as that model follows from the reader. What
    it holds was written with the hash of its inputs in one transaction, so a killed build misleads nobody.
#}
{% macro unless_chosen(inputs) -%}
    {%- set chosen = none -%}
    {%- if execute and not flags.FULL_REFRESH -%}
        {%- set chosen = adapter.get_relation(this.database, 'marts', 'customer_attribute_candidates') -%}
    {%- endif -%}
    {%- if chosen is not none -%}
        where not exists (
            select 1 from {{ chosen }} as chosen
            where
                chosen.customer_id = {{ inputs }}.customer_id
                and chosen.inputs_hash = {{ inputs }}.inputs_hash
        )
    {%- endif -%}
{%- endmacro %}
