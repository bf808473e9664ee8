{#
    Query: every correction with its value as staging normalises it for other sources, null where it cannot be read, and
    whether there is such a record. A phone number is dialled in the corrected record's country.
#}
{% macro read_corrections() -%}
    select
        said.correction_id,
        said.source_record_key,
        said.source,
        said.source_record_id,
        said.attribute,
        said.raw_value,
        case said.attribute
            when 'email' then {{ email_in('said.raw_value') }}
            when 'phone' then {{ normalize_phone('said.dialled', 'calling_codes', 'records.country') }}
            when 'birth_date'
                then case
                    when said.birth_date between cast('1900-01-01' as date) and cast(said.loaded_at as date)
                        then cast(said.birth_date as {{ dbt.type_string() }})
                end
            when 'country' then country_names.country
            when 'postal_code' then {{ normalize_postal_code('said.raw_value') }}
            else {{ normalize_text('said.raw_value') }}
        end as value,
        records.source_record_key is not null as has_record,
        said.source_file,
        said.row_number,
        said.decided_at,
        said.loaded_at
    from (
        select
            *,
            source || ':' || source_record_id as source_record_key,
            {{ normalize_text('value') }} as raw_value,
            {{ phone_digits('value') }} as dialled,
            {{ try_cast(text_before(trimmed('value'), 10), 'date') }} as birth_date,
            {{ normalize_country_key('value') }} as country_key
        from {{ ref('stg_stewardship__attribute_corrections') }}
    ) as said
    left join {{ ref('source_records') }} as records
        on said.source_record_key = records.source_record_key
    left join {{ ref('country_names') }} as country_names
        on said.attribute = 'country' and said.country_key = country_names.name_key
    left join {{ ref('calling_codes') }} as calling_codes
        on
            said.attribute = 'phone'
            and calling_codes.country = coalesce(records.country, '{{ var("phone_default_country") }}')
{%- endmacro %}
