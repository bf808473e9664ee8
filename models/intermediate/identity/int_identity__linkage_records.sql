with

source_records as (

    select * from {{ ref('int_identity__source_records') }}

),

-- Numbered without the details: sorting whole records costs more than the join back.
numbers as (

    select
        source_record_key,
        row_number() over (order by source_record_key) as record_number
    from source_records

),

-- Numbers of other records mean other records.
numbering as (

    select {{ rows_hash(['source_record_key']) }} as numbering
    from source_records

),

identifier_values as (

    select * from {{ ref('int_identity__identifier_values') }}

),

-- E-mail and phone count only where they identify somebody.
guarded as (

    select
        source_records.source_record_key,
        numbers.record_number,
        numbering.numbering,
        source_records.source,
        source_records.first_name,
        source_records.last_name,
        source_records.birth_date,
        emails.identifier_value as email,
        phones.identifier_value as phone,
        source_records.address_line,
        source_records.postal_code,
        source_records.city,
        source_records.country,
        source_records.user_id
    from source_records

    inner join numbers on source_records.source_record_key = numbers.source_record_key

    cross join numbering

    left join identifier_values as emails
        on
            source_records.email = emails.identifier_value
            and emails.identifier_type = 'email'
            and coalesce(emails.excluded_because, 'too_many_strong_ids') = 'too_many_strong_ids'

    left join identifier_values as phones
        on
            source_records.phone = phones.identifier_value
            and phones.identifier_type = 'phone'
            and coalesce(phones.excluded_because, 'too_many_strong_ids') = 'too_many_strong_ids'

),

-- Records that say the same of a named person who can be reached are compared once.
final as (

    select
        *,
        min(record_number) over (
            partition by
                first_name, last_name, birth_date, email, phone,
                address_line, postal_code, city, country, user_id
        ) as profile_number
    from guarded
    where first_name is not null and last_name is not null and coalesce(email, phone) is not null

    union all

    select
        *,
        record_number as profile_number
    from guarded
    where first_name is null or last_name is null or coalesce(email, phone) is null

)

select * from final
