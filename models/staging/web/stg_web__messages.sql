with

source as (

    select received.* from {{ source('raw_web', 'messages') }} as received
    {{ only_new('received', 'message_id') }}

),

-- Ranked without the documents: sorting whole messages costs more than the join back.
ranked as (

    select
        _source_file,
        _file_version,
        _row_number,
        row_number() over (
            partition by message_id order by _row_hash, _source_file, _file_version, _row_number
        ) as copy_rank
    from source

),

deduplicated as (

    select
        source.*,
        {{ json_parsed('source.properties', message_shape('properties')) }} as told,
        {{ json_parsed('source.context', message_shape('context')) }} as around
    from source

    inner join ranked
        on
            source._source_file = ranked._source_file
            and source._file_version = ranked._file_version
            and source._row_number = ranked._row_number
            and ranked.copy_rank = 1

),

described as (

    select
        *,
        {{ json_parsed(own_traits('type', 'traits', 'around'), message_shape('traits')) }} as person
    from deduplicated

),

placed as (

    select
        *,
        {{ phone_digits(json_field('person', 'phone')) }} as dialled,
        lower({{ trait_text('person', 'country') }}) as country_key
    from described

),

renamed as (

    select
        ---------- ids
        placed.message_id,
        nullif({{ trimmed('placed.anonymous_id') }}, '') as anonymous_id,
        nullif({{ trimmed('placed.user_id') }}, '') as user_id,
        nullif({{ trimmed('placed.previous_id') }}, '') as previous_id,
        {{ first_text('placed.told', ['product_id', 'productId']) }} as product_id,

        ---------- strings
        placed.type as message_type,
        placed.event as event_name,
        placed.name as page_name,
        {{ first_text('placed.around', ['campaign.name']) }} as campaign_name,
        {{ json_field('placed.around', 'page.path') }} as page_path,
        {{ first_text('placed.told', ['category']) }} as product_category,
        placed.properties,
        {{ object_text('placed.around', 'consent.categoryPreferences') }} as consent_preferences,
        {{ email_in(json_field('placed.person', 'email')) }} as email,
        {{ trait_text('placed.person', 'first_name') }} as first_name,
        {{ trait_text('placed.person', 'last_name') }} as last_name,
        {{ normalize_phone('placed.dialled', 'calling_codes', 'placed.country_key') }} as phone,
        {{ trait_text('placed.person', 'address_line') }} as address_line,
        upper({{ trait_text('placed.person', 'postal_code') }}) as postal_code,
        {{ trait_text('placed.person', 'city') }} as city,
        country_names.country,

        ---------- dates and timestamps
        {{ birth_date_in(trait_text('placed.person', 'birth_date'), 'placed') }} as birth_date,
        {{ event_time('placed.timestamp', 'placed.sent_at', 'placed.received_at') }} as occurred_at,
        placed.sent_at,
        placed.received_at,

        ---------- lineage
        placed._source_file as source_file,
        placed._row_number as row_number,
        placed._row_hash as row_hash,
        placed._loaded_at as loaded_at

    from placed

    left join {{ ref('country_names') }} as country_names
        on placed.country_key = country_names.name_key

    left join {{ ref('calling_codes') }} as calling_codes
        on calling_codes.country = {{ dialled_in('country_names.country', 'placed.country_key') }}

)

select * from renamed
