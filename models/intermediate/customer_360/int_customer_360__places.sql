with

parts as (

    select
        customer_id,
        source_record_key,
        attribute,
        value,
        value_key,
        observed_at
    from {{ ref('int_customer_360__attribute_values') }}
    where unit = 'address'

),

places as (

    select
        customer_id,
        source_record_key,
        max(case when attribute = 'postal_code' then value_key end) as postal_code,
        max(case when attribute = 'city' then value_key end) as city,
        max(case when attribute = 'country' then value_key end) as country,
        max(case when attribute = 'address_line' then value_key end) as street,
        -- House numbers stay when "Street" is written "St".
        max(
            case
                when attribute = 'address_line'
                    then {{ regexp_replace('value', '[^0-9]', '') }}
            end
        ) as house_number,
        max(case when attribute <> 'country' then 1 else 0 end) as has_place,
        max(observed_at) as observed_at
    from parts
    group by customer_id, source_record_key

),

ranked as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by has_place desc, observed_at desc nulls last, source_record_key asc
        ) as place_rank,
        min(country) over (partition by customer_id) as first_country,
        max(country) over (partition by customer_id) as last_country
    from places

),

compared as (

    select
        ranked.customer_id,
        ranked.source_record_key,
        ranked.has_place,
        ranked.first_country = ranked.last_country as has_one_country,
        coalesce(
            ranked.place_rank = 1
            or ranked.postal_code = newest.postal_code
            or (
                ranked.city = newest.city
                and (
                    ranked.postal_code is null
                    or newest.postal_code is null
                    or (ranked.house_number = newest.house_number and newest.house_number <> '')
                )
            ),
            false
        ) as is_near,
        coalesce(ranked.country = newest.country, true) as is_same_country,
        coalesce(
            newest.street is null
            or (ranked.house_number = newest.house_number and newest.house_number <> '')
            or ranked.street like newest.street || '%'
            or newest.street like ranked.street || '%'
            or {{ edit_distance('ranked.street', 'newest.street') }} <= 2,
            false
        ) as is_same_street
    from ranked

    inner join ranked as newest
        on ranked.customer_id = newest.customer_id

    where newest.place_rank = 1

),

final as (

    select
        ---------- ids
        customer_id,
        source_record_key,

        ---------- booleans
        is_near and is_same_country as is_current_place,
        is_near and is_same_country and is_same_street as is_current_street,
        -- Another place's country is a guess, unless no record names a different one.
        has_one_country or has_place = 0 or (is_near and is_same_country) as is_country_telling

    from compared

)

select * from final
