with

source_records as (

    select
        *,
        row_number() over (order by source_record_key) as record_number
    from {{ ref('int_identity__source_records') }}

),

-- Numbers of other records mean other records.
numbering as (

    select {{ rows_hash(['source_record_key']) }} as numbering
    from {{ ref('int_identity__source_records') }}

),

identifier_values as (

    select * from {{ ref('int_identity__identifier_values') }}

),

-- E-mail and phone count only where they identify somebody.
guarded as (

    select
        source_records.source_record_key,
        source_records.record_number,
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
profiled as (

    select
        *,
        case
            when first_name is null or last_name is null or coalesce(email, phone) is null
                then record_number
            else min(record_number) over (
                partition by
                    first_name, last_name, birth_date, email, phone,
                    address_line, postal_code, city, country, user_id
            )
        end as profile_number
    from guarded

),

final as (

    select
        ---------- ids
        source_record_key,
        record_number,
        profile_number,
        source,
        user_id,
        numbering,

        ---------- strings
        first_name,
        last_name,
        email,
        phone,
        address_line,
        postal_code,
        city,
        country,

        ---------- dates
        birth_date

    from profiled

)

select * from final
