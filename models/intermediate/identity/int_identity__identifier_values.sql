with

identifiers as (select * from {{ ref('int_identity__identifiers') }}),

source_records as (

    select
        source_record_key,
        {{ hash_of([
            'first_name', 'last_name', 'birth_date', 'email', 'phone',
            'address_line', 'postal_code', 'user_id'
        ]) }} as details_hash
    from {{ ref('int_identity__source_records') }}

),

rules as (select * from {{ ref('identity_rules') }}),

strong_ids as (

    select
        identifiers.source_record_key,
        identifiers.identifier_type,
        identifiers.identifier_value
    from identifiers
    inner join rules on identifiers.identifier_type = rules.identifier_type
    where rules.is_unique_per_person

),

-- How many people a value would join: two of one kind of identifier are two, one of each is one.
strong_counts as (

    select
        identifiers.identifier_type,
        identifiers.identifier_value,
        strong_ids.identifier_type as strong_type,
        count(distinct strong_ids.identifier_value) as strong_id_count
    from identifiers
    inner join strong_ids on identifiers.source_record_key = strong_ids.source_record_key
    where not identifiers.is_ambiguous
    group by 1, 2, 3

),

most_strong as (

    select
        identifier_type,
        identifier_value,
        max(strong_id_count) as strong_id_count
    from strong_counts
    group by 1, 2

),

-- Records that say the same count once: fifty guest charges of one buyer are one record here.
counted as (

    select
        identifiers.identifier_type,
        identifiers.identifier_value,
        count(distinct source_records.details_hash) as record_count
    from identifiers
    inner join source_records on identifiers.source_record_key = source_records.source_record_key
    group by 1, 2

),

blocked as (

    {{ blocked_identifiers('counted') }}

),

final as (

    select
        ---------- ids
        counted.identifier_type,
        counted.identifier_value,

        ---------- strings
        case
            when blocked.reason is not null then 'blocked'
            when rules.strength is null or rules.strength != 'strong' then 'weak'
            when counted.record_count > rules.max_records_per_value then 'too_many_records'
            when most_strong.strong_id_count > rules.max_strong_ids_per_value
                then 'too_many_strong_ids'
        end as excluded_because,

        ---------- numerics
        rules.priority,
        counted.record_count,
        coalesce(most_strong.strong_id_count, 0) as strong_id_count

    from counted
    left join rules on counted.identifier_type = rules.identifier_type
    left join most_strong
        on
            counted.identifier_type = most_strong.identifier_type
            and counted.identifier_value = most_strong.identifier_value
    left join blocked
        on
            counted.identifier_type = blocked.identifier_type
            and counted.identifier_value = blocked.identifier_value

)

select * from final
