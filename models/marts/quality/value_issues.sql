with

corrections as (

    {{ read_corrections() }}

),

attributes as (

    select attribute from {{ ref('survivorship_rules') }}

),

judged_corrections as (

    select
        corrections.*,
        case
            when attributes.attribute is null then 'attribute'
            when not corrections.has_record then 'source_record_id'
            when corrections.raw_value is not null and corrections.value is null then 'value'
        end as wrong_column
    from corrections

    left join attributes
        on corrections.attribute = attributes.attribute

),

unread_corrections as (

    select
        'stewardship' as source,
        'attribute_corrections' as source_table,
        source_file,
        correction_id as row_key,
        wrong_column as column_name,
        case wrong_column
            when 'attribute' then attribute
            when 'source_record_id' then source || '/' || source_record_id
            else raw_value
        end as raw_value,
        case
            when wrong_column = 'attribute'
                then 'attribute is none of the golden record: it must be one of survivorship_rules'
            when wrong_column = 'source_record_id'
                then
                    'source and source_record_id name no record: mistyped, or deleted since;'
                    || ' mend them or take the correction out'
            when attribute = 'email'
                then 'value cannot be read: it must be an e-mail address'
            when attribute = 'phone'
                then
                    'value cannot be read: it must be a phone number with its country code,'
                    || ' or as it is dialled in the country of the record'
            when attribute = 'birth_date'
                then
                    'value cannot be read: it must be a date as 1990-12-31,'
                    || ' after 1900 and not in the future'
            else 'value cannot be read: it must be a country'
        end as reason,
        row_number,
        loaded_at as noticed_at
    from judged_corrections
    where wrong_column is not null

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
