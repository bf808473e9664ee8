-- A table, not a view as elsewhere in staging: each message's JSON is parsed once, for all readers.
{{ config(materialized='table') }}

{% set context_shape = {
    'campaign': {'name': 'text'},
    'page': {'path': 'text'},
    'consent': {'categoryPreferences': 'json'},
    'traits': 'json',
} %}
{% set properties_shape = {
    'product_id': 'text', 'productId': 'text', 'category': 'text', 'path': 'text',
} %}
{% set address_shape = {
    'street': 'text', 'line1': 'text', 'postalCode': 'text', 'postal_code': 'text', 'city': 'text',
    'country': 'text',
} %}
{% set traits_shape = {
    'email': 'text', 'phone': 'text', 'name': 'text', 'firstName': 'text', 'first_name': 'text',
    'lastName': 'text', 'last_name': 'text', 'birthday': 'text', 'birth_date': 'text',
    'birthDate': 'text', 'address': address_shape, 'address_line': 'text', 'postalCode': 'text',
    'postal_code': 'text', 'city': 'text', 'country': 'text',
} %}

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
                _row_hash asc,
                _source_file asc,
                _file_version asc,
                _row_number asc
        ) as copy_rank
    from source

),

deduplicated as (

    select
        source.*,
        {{ json_parsed('source.properties', properties_shape) }} as told,
        {{ json_parsed('source.context', context_shape) }} as around
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
        cast({{ json_field('around', 'consent.categoryPreferences') }} as {{ dbt.type_string() }})
            as preferences,
        -- The traits of a group call describe the group.
        coalesce(
            case when type <> 'group' then nullif(traits, '{}') end,
            {{ json_field('around', 'traits') }}
        ) as person_traits
    from deduplicated

),

parsed as (

    select
        *,
        {{ json_parsed('person_traits', traits_shape) }} as person
    from described

),

identified as (

    select
        *,
        {{ normalize_email(json_field('person', 'email')) }} as trait_email,
        {{ phone_digits(json_field('person', 'phone')) }} as phone_number,
        {{ first_text('person', ['birthday', 'birth_date', 'birthDate']) }} as birthday,
        lower({{ first_text('person', ['address.country', 'country']) }}) as country_key
    from parsed

),

renamed as (

    select
        ---------- ids
        identified.message_id,
        nullif(trim(identified.anonymous_id), '') as anonymous_id,
        nullif(trim(identified.user_id), '') as user_id,
        nullif(trim(identified.previous_id), '') as previous_id,
        {{ first_text('identified.told', ['product_id', 'productId']) }} as product_id,

        ---------- strings
        identified.type as message_type,
        identified.event as event_name,
        identified.name as page_name,
        {{ first_text('identified.around', ['campaign.name']) }} as campaign_name,
        coalesce(
            {{ json_field('identified.around', 'page.path') }},
            {{ json_field('identified.told', 'path') }}
        ) as page_path,
        {{ first_text('identified.told', ['category']) }} as product_category,
        identified.properties,
        case when identified.preferences like '{{ "{%" }}' then identified.preferences end
            as consent_preferences,
        case when {{ is_email_shaped('identified.trait_email') }} then identified.trait_email end
            as email,
        coalesce(
            {{ first_text('identified.person', ['firstName', 'first_name']) }},
            {{ given_names_of(json_field('identified.person', 'name')) }}
        ) as first_name,
        coalesce(
            {{ first_text('identified.person', ['lastName', 'last_name']) }},
            {{ family_name_of(json_field('identified.person', 'name')) }}
        ) as last_name,
        {{ normalize_phone('identified.phone_number', 'calling_codes', 'identified.country_key') }}
            as phone,
        {{ first_text(
            'identified.person', ['address.street', 'address.line1', 'address_line']
        ) }} as address_line,
        upper({{ first_text(
            'identified.person',
            ['address.postalCode', 'address.postal_code', 'postalCode', 'postal_code']
        ) }}) as postal_code,
        {{ first_text('identified.person', ['address.city', 'city']) }} as city,
        country_names.country,

        ---------- dates
        {{ try_cast(text_before('identified.birthday', 10), 'date') }} as birth_date,

        ---------- timestamps
        {{ event_time('identified.timestamp', 'identified.sent_at', 'identified.received_at') }}
            as occurred_at,
        identified.sent_at,
        identified.received_at,

        ---------- lineage
        identified._source_file as source_file,
        identified._row_number as row_number,
        identified._loaded_at as loaded_at

    from identified

    left join country_names
        on identified.country_key = country_names.name_key

    -- A message that names no country at all is dialled as in the default country.
    left join calling_codes
        on
            calling_codes.country = case
                when identified.country_key is null then '{{ var("phone_default_country") }}'
                else country_names.country
            end

)

select * from renamed
