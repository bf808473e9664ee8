with

nicknames as (

    select distinct
        {{ fold_spelling('nickname') }} as nickname_key,
        {{ fold_spelling('name') }} as name_key
    from {{ ref('nicknames') }}
    where {{ fold_spelling('nickname') }} <> {{ fold_spelling('name') }}

),

names as (

    select
        customer_id,
        source_record_key,
        attribute,
        value_key,
        count(*) over (partition by customer_id, attribute, value_key) as record_count
    from {{ ref('int_customer_360__attribute_values') }}
    where attribute in ('first_name', 'last_name')

),

others as (

    select distinct
        customer_id,
        attribute,
        value_key,
        record_count
    from names

),

-- A name that stands in one of the customer's addresses is spelled right.
confirmed as (

    select distinct
        names.customer_id,
        names.value_key
    from names

    inner join {{ ref('int_customer_360__attribute_values') }} as emails
        on names.customer_id = emails.customer_id and emails.attribute = 'email'

    where length(names.value_key) >= 3 and emails.value_key like '%' || names.value_key || '%'

),

-- Each name beside every name that the same customer's records hold.
compared as (

    select
        names.customer_id,
        names.source_record_key,
        names.attribute,
        names.value_key,
        max(
            case
                -- Held at least as often in the other field: typed into the wrong one.
                when
                    names.attribute <> others.attribute
                    and names.value_key = others.value_key
                    and names.record_count <= others.record_count
                    then 'swapped_name'
                when names.attribute <> others.attribute then null
                when names.attribute = 'last_name'
                    then case
                        when others.value_key like '% ' || names.value_key then 'split_name'
                    end
                when nicknames.name_key is not null then 'nickname'
                when length(replace(names.value_key, '.', '')) = 1 then 'initial'
            end
        ) as doubt
    from names

    inner join others
        on names.customer_id = others.customer_id

    left join nicknames
        on names.value_key = nicknames.nickname_key and others.value_key = nicknames.name_key

    group by names.customer_id, names.source_record_key, names.attribute, names.value_key

),

final as (

    select
        compared.customer_id,
        compared.source_record_key,
        compared.attribute,
        -- Where the family name lost its beginning, the given name gained it.
        coalesce(
            compared.doubt,
            max(case when compared.doubt = 'split_name' then compared.doubt end) over (
                partition by compared.customer_id, compared.source_record_key
            )
        ) as doubt,
        confirmed.value_key is not null as is_confirmed
    from compared

    left join confirmed
        on compared.customer_id = confirmed.customer_id and compared.value_key = confirmed.value_key

)

select * from final
