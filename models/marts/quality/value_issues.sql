with

-- A correction is read where its attribute and the record it corrects are known.
corrections as (

    {{ read_corrections() }}

),

attributes as (

    select attribute from {{ ref('survivorship_rules') }}

),

unread_corrections as (

    select
        'stewardship' as source,
        'attribute_corrections' as source_table,
        corrections.source_file,
        corrections.correction_id as row_key,
        case when attributes.attribute is null then 'attribute' else 'value' end as column_name,
        case
            when attributes.attribute is null then corrections.attribute
            else corrections.raw_value
        end as raw_value,
        case
            when attributes.attribute is null
                then 'attribute is none of the golden record: it must be one of survivorship_rules'
            when corrections.attribute = 'email'
                then 'value cannot be read: it must be an e-mail address'
            when corrections.attribute = 'phone'
                then
                    'value cannot be read: it must be a phone number with its country code,'
                    || ' or as it is dialled in the country of the record'
            when corrections.attribute = 'birth_date'
                then
                    'value cannot be read: it must be a date as 1990-12-31,'
                    || ' after 1900 and not in the future'
            else 'value cannot be read: it must be a country'
        end as reason,
        corrections.row_number,
        corrections.loaded_at as noticed_at
    from corrections

    left join attributes
        on corrections.attribute = attributes.attribute

    where
        attributes.attribute is null
        or (corrections.raw_value is not null and corrections.value is null)

),

final as (

    select
        ---------- strings
        source,
        source_table,
        source_file,
        row_key,
        column_name,
        raw_value,
        reason,

        ---------- numerics
        row_number,

        ---------- timestamps
        noticed_at

    from {{ ref('stg_goldthread__value_issues') }}

    union all

    select * from unread_corrections

)

select * from final
