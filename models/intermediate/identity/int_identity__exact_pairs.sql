with

joining_identifiers as (select * from {{ ref('int_identity__joining_identifiers') }}),

linkage_records as (

    select
        source_record_key,
        record_number,
        profile_number,
        numbering,
        lower(first_name) as first_name
    from {{ ref('int_identity__linkage_records') }}

),

holders as (

    select
        joining_identifiers.identifier_type,
        joining_identifiers.identifier_value,
        joining_identifiers.priority,
        joining_identifiers.is_unique_per_person,
        linkage_records.record_number,
        linkage_records.profile_number,
        linkage_records.numbering,
        linkage_records.first_name
    from joining_identifiers
    inner join linkage_records
        on joining_identifiers.source_record_key = linkage_records.source_record_key

),

holdings as (

    select
        identifier_type,
        identifier_value,
        min(case when first_name is not null then record_number end) as first_named_number,
        min(record_number) as first_number,
        min(first_name) < max(first_name) as has_different_names
    from holders
    group by 1, 2
    having count(*) > 1

),

-- A star holds records together with the fewest pairs.
stars as (

    select
        holders.identifier_type,
        holders.identifier_value,
        holders.priority,
        holders.is_unique_per_person,
        case
            when holdings.has_different_names and holders.first_name is not null
                then holders.profile_number
            else coalesce(holdings.first_named_number, holdings.first_number)
        end as left_number,
        holders.record_number as right_number,
        holders.numbering
    from holders
    inner join holdings
        on
            holders.identifier_type = holdings.identifier_type
            and holders.identifier_value = holdings.identifier_value

),

-- Where different first names share a value, each profile is held against each other one.
meetings as (

    select
        left_holders.identifier_type,
        left_holders.identifier_value,
        left_holders.priority,
        left_holders.is_unique_per_person,
        left_holders.profile_number as left_number,
        right_holders.profile_number as right_number,
        right_holders.numbering
    from holders as left_holders

    inner join holders as right_holders
        on
            left_holders.identifier_type = right_holders.identifier_type
            and left_holders.identifier_value = right_holders.identifier_value
            and left_holders.profile_number < right_holders.profile_number
    inner join holdings
        on
            left_holders.identifier_type = holdings.identifier_type
            and left_holders.identifier_value = holdings.identifier_value

    where
        holdings.has_different_names
        and left_holders.first_name is not null
        and right_holders.first_name is not null

),

final as (

    select * from stars
    where left_number != right_number
    union
    select * from meetings

)

select * from final
