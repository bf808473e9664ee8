{#
    Query (customer_id, identifier_type, identifier_value): whom the phone numbers of `said` that could not be read as
    E.164 may mean; everybody in `held` whose number ends with the same digits. For denials and suppressions only:
    who may be meant is left alone, but nothing is granted on a guess. Fewer than seven digits are no number.
#}
{% macro local_spellings(said, held) -%}
    select
        phones.customer_id,
        phones.identifier_type,
        spellings.identifier_value
    from (
        select distinct
            identifier_value,
            {{ regexp_replace(phone_digits('identifier_value'), '^[+0]+', '') }} as digits
        from {{ said }}
        where
            identifier_type = 'phone'
            and not {{ regexp_matches('identifier_value', '^[+][1-9][0-9]{6,14}$') }}
    ) as spellings
    -- The ends are compared first: a join by equality is quick.
    inner join {{ held }} as phones
        on
            phones.identifier_type = 'phone'
            and {{ dbt.right('phones.identifier_value', 7) }} = {{ dbt.right('spellings.digits', 7) }}
            and phones.identifier_value like '%' || spellings.digits
    where length(spellings.digits) >= 7
{%- endmacro %}
