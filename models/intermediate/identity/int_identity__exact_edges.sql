with

exact_pairs as (select * from {{ ref('int_identity__exact_pairs') }}),

scored_pairs as (select * from {{ ref('int_identity__scored_pairs') }}),

records as (

    select
        source_record_key,
        record_number,
        profile_number,
        coalesce(first_name, last_name) is not null as is_named
    from {{ ref('int_identity__linkage_records') }}

),

compared as (

    select
        exact_pairs.*,
        left_records.source_record_key as left_key,
        right_records.source_record_key as right_key,
        left_records.is_named and right_records.is_named as are_named,
        scored_pairs.match_weight,
        scored_pairs.match_probability,
        scored_pairs.conflict
    from exact_pairs

    inner join records as left_records
        on exact_pairs.left_number = left_records.record_number

    inner join records as right_records
        on exact_pairs.right_number = right_records.record_number

    left join scored_pairs
        on
            least(left_records.profile_number, right_records.profile_number)
            = scored_pairs.left_number
            and greatest(left_records.profile_number, right_records.profile_number)
            = scored_pairs.right_number

),

-- A value that two different people hold does not tell whose the unnamed records are.
contested as (

    select distinct
        identifier_type,
        identifier_value
    from compared
    where conflict is not null or match_probability < 0.5

),

judged as (

    select
        compared.*,
        case
            when compared.is_unique_per_person then null
            when compared.conflict is not null then compared.conflict || ' conflicts'
            when compared.match_probability < 0.5 then 'two people are more probable'
            when contested.identifier_type is not null and not compared.are_named
                then compared.identifier_type || ' is held by different people'
        end as objection
    from compared

    left join contested
        on
            compared.identifier_type = contested.identifier_type
            and compared.identifier_value = contested.identifier_value

),

final as (

    select
        ---------- ids
        left_key,
        right_key,
        left_number,
        right_number,
        numbering,

        ---------- strings
        identifier_type,
        identifier_value,
        case
            when objection is null then 'linked'
            -- Followed after all others, if the value's holders turn out to be one person.
            when not are_named then 'deferred'
            else 'dropped'
        end as decision,
        coalesce(objection, 'shared ' || identifier_type) as reason,

        ---------- numerics
        priority,
        match_weight,
        match_probability,

        ---------- booleans
        is_unique_per_person as is_certain

    from judged

)

select * from final
