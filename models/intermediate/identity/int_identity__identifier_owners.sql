with

identifiers as (

    select * from {{ ref('int_identity__identifiers') }}

),

customer_source_records as (

    select * from {{ ref('customer_source_records') }}

),

-- A device that several people used is nobody's alone: it is of each who logged in there.
visited as (

    select
        logins.source_record_key,
        customer_source_records.customer_id
    from identifiers as logins

    inner join identifiers as known_users
        on
            logins.identifier_type = known_users.identifier_type
            and logins.identifier_value = known_users.identifier_value
            and not known_users.is_ambiguous

    inner join customer_source_records
        on known_users.source_record_key = customer_source_records.source_record_key

    where logins.is_ambiguous and logins.identifier_type = 'user_id'

),

final as (

    select
        source_record_key,
        customer_id
    from customer_source_records

    union

    select
        source_record_key,
        customer_id
    from visited

)

select * from final
