with

identifiers as (select * from {{ ref('int_identity__identifiers') }}),

identifier_values as (select * from {{ ref('int_identity__identifier_values') }}),

rules as (select * from {{ ref('identity_rules') }}),

owners as (select * from {{ ref('int_identity__identifier_owners') }}),

-- Of a device that several people used, only the device itself is listed.
held as (

    select
        owners.customer_id,
        identifiers.identifier_type,
        identifiers.identifier_value,
        max(case when identifiers.is_ambiguous then 1 else 0 end) = 1 as is_ambiguous,
        -- A record that is known by this very value, as an account by its user_id.
        max(
            case
                when
                    identifiers.source_record_key
                    = {{ dbt.split_part('identifiers.source_record_key', "':'", 1) }}
                    || ':' || identifiers.identifier_value
                    then 1
                else 0
            end
        ) as is_own_record,
        count(*) as record_count,
        min(identifiers.first_seen_at) as first_seen_at,
        max(identifiers.last_seen_at) as last_seen_at
    from identifiers

    inner join owners
        on identifiers.source_record_key = owners.source_record_key

    where not identifiers.is_ambiguous or identifiers.identifier_type = 'anonymous_id'
    group by 1, 2, 3

),

-- What a person has only one of (a user_id) may stand on records that people keep apart: it is
-- theirs whose own record it is, else theirs who have it on most records.
ranked as (

    select
        held.*,
        rules.is_unique_per_person,
        identifier_values.excluded_because,
        count(*) over (
            partition by held.identifier_type, held.identifier_value
        ) as holder_count,
        row_number() over (
            partition by held.identifier_type, held.identifier_value
            order by
                held.is_own_record desc,
                held.record_count desc,
                held.first_seen_at asc nulls last,
                held.customer_id asc
        ) as holder_rank
    from held

    left join rules
        on held.identifier_type = rules.identifier_type

    left join identifier_values
        on
            held.identifier_type = identifier_values.identifier_type
            and held.identifier_value = identifier_values.identifier_value

),

final as (

    select
        ---------- ids
        customer_id,

        ---------- strings
        identifier_type,
        identifier_value,

        ---------- booleans
        is_ambiguous
        or coalesce(excluded_because, '') = 'blocked'
        -- Held by others it is listed all the same: a denial or a suppression may mean any of them.
        or (holder_count > 1 and not coalesce(is_unique_per_person, false))
        or holder_rank > 1 as is_shared,

        ---------- timestamps
        first_seen_at,
        last_seen_at

    from ranked

)

select * from final
