-- A table, not a view as the folder's default: every message's JSON is read once here, and five models read the result.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('raw_web', 'messages') }}

),

country_names as (

    select
        name_key,
        country
    from {{ ref('country_names') }}

),

calling_codes as (

    select
        country,
        calling_code,
        trunk_prefix,
        shortest_number,
        longest_number
    from {{ ref('calling_codes') }}

),

-- Ranked without the documents: sorting whole messages costs more than the join back.
ranked as (

    select
        _source_file,
        _file_version,
        _row_number,
        row_number() over (
            partition by message_id
            order by
                _row_hash,
                _source_file,
                _file_version,
                _row_number
        ) as copy_rank
    from source

),

deduplicated as (

    select
        source.*,
        {{ json_text('source.context', 'campaign.name') }} as campaign_name,
        {{ json_text('source.context', 'page.path') }} as page_path,
        {{ json_text('source.context', 'consent.categoryPreferences') }} as consent_preferences,
        coalesce(
            nullif(source.traits, '{}'), {{ json_text('source.context', 'traits') }}
        ) as person_traits
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
        {{ json_text_any('person_traits', ['name', 'fullName', 'full_name']) }} as full_name,
        {{ normalize_email(json_text('person_traits', 'email')) }} as trait_email,
        {{ json_text_any('person_traits', ['phone', 'phoneNumber', 'phone_number']) }} as trait_phone,
        {{ json_text_any('person_traits', ['birthday', 'birth_date', 'birthDate']) }} as birthday,
        {{ normalize_country_key(
            json_text_any('person_traits', ['address.country', 'country'])
        ) }} as country_key
    from deduplicated

),

renamed as (

    select
        ---------- ids
        described.message_id,
        nullif(trim(described.anonymous_id), '') as anonymous_id,
        nullif(trim(described.user_id), '') as user_id,
        nullif(trim(described.previous_id), '') as previous_id,
        {{ json_text_any('described.properties', ['product_id', 'productId']) }} as product_id,

        ---------- strings
        described.type as message_type,
        described.event as event_name,
        described.name as page_name,
        nullif(trim(described.campaign_name), '') as campaign_name,
        coalesce(described.page_path, {{ json_text('described.properties', 'path') }}) as page_path,
        {{ json_text_any('described.properties', ['category']) }} as product_category,
        described.properties,
        described.consent_preferences,
        case when {{ is_email_shaped('described.trait_email') }} then described.trait_email end
            as email,
        coalesce(
            {{ normalize_text(json_text_any('described.person_traits', ['firstName', 'first_name'])) }},
            {{ given_names_of('described.full_name') }}
        ) as first_name,
        coalesce(
            {{ normalize_text(json_text_any('described.person_traits', ['lastName', 'last_name'])) }},
            {{ family_name_of('described.full_name') }}
        ) as last_name,
        {{ normalize_phone('described.trait_phone', 'calling_codes', 'described.country_key') }}
            as phone,
        {{ normalize_text(json_text_any(
            'described.person_traits',
            ['address.street', 'address.line1', 'address_line', 'addressLine']
        )) }} as address_line,
        {{ normalize_postal_code(json_text_any(
            'described.person_traits',
            ['address.postalCode', 'address.postal_code', 'postal_code', 'postalCode']
        )) }} as postal_code,
        {{ normalize_text(json_text_any('described.person_traits', ['address.city', 'city'])) }}
            as city,
        country_names.country,

        ---------- dates
        {{ try_cast(text_before('described.birthday', 10), 'date') }} as birth_date,

        ---------- timestamps
        {{ event_time('described.timestamp', 'described.sent_at', 'described.received_at') }}
            as occurred_at,
        described.sent_at,
        described.received_at,

        ---------- lineage
        described._source_file as source_file,
        described._row_number as row_number,
        described._loaded_at as loaded_at

    from described

    left join country_names
        on described.country_key = country_names.name_key

    -- A message that names no country at all is dialled as in the default country.
    left join calling_codes
        on
            calling_codes.country = case
                when described.country_key is null then '{{ var("phone_default_country") }}'
                else country_names.country
            end

)

select * from renamed
