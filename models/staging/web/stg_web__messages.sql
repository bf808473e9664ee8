-- A table, not a view as the folder's default: each message's JSON is parsed once here, for all that read it.
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
        cast(around.consent.categorypreferences as {{ dbt.type_string() }}) as preferences,
        {{ json_parsed('coalesce(nullif(traits, \'{}\'), around.traits)', traits_shape) }} as person
    from deduplicated

),

identified as (

    select
        *,
        {{ normalize_email('person.email') }} as trait_email,
        {{ phone_digits('person.phone') }} as phone_number,
        {{ normalize_country_key('coalesce(person.address.country, person.country)') }} as country_key
    from described

),

renamed as (

    select
        ---------- ids
        identified.message_id,
        nullif(trim(identified.anonymous_id), '') as anonymous_id,
        nullif(trim(identified.user_id), '') as user_id,
        nullif(trim(identified.previous_id), '') as previous_id,
        nullif(trim(coalesce(identified.told.product_id, identified.told.productid)), '') as product_id,

        ---------- strings
        identified.type as message_type,
        identified.event as event_name,
        identified.name as page_name,
        nullif(trim(identified.around.campaign.name), '') as campaign_name,
        coalesce(identified.around.page.path, identified.told.path) as page_path,
        nullif(trim(identified.told.category), '') as product_category,
        identified.properties,
        case when identified.preferences like '{{ "{%" }}' then identified.preferences end
            as consent_preferences,
        case when {{ is_email_shaped('identified.trait_email') }} then identified.trait_email end
            as email,
        coalesce(
            {{ normalize_text('identified.person.firstname') }},
            {{ normalize_text('identified.person.first_name') }},
            {{ given_names_of('identified.person.name') }}
        ) as first_name,
        coalesce(
            {{ normalize_text('identified.person.lastname') }},
            {{ normalize_text('identified.person.last_name') }},
            {{ family_name_of('identified.person.name') }}
        ) as last_name,
        {{ normalize_phone('identified.phone_number', 'calling_codes', 'identified.country_key') }}
            as phone,
        coalesce(
            {{ normalize_text('identified.person.address.street') }},
            {{ normalize_text('identified.person.address.line1') }},
            {{ normalize_text('identified.person.address_line') }}
        ) as address_line,
        coalesce(
            {{ normalize_postal_code('identified.person.address.postalcode') }},
            {{ normalize_postal_code('identified.person.address.postal_code') }},
            {{ normalize_postal_code('identified.person.postalcode') }},
            {{ normalize_postal_code('identified.person.postal_code') }}
        ) as postal_code,
        coalesce(
            {{ normalize_text('identified.person.address.city') }},
            {{ normalize_text('identified.person.city') }}
        ) as city,
        country_names.country,

        ---------- dates
        {{ try_cast(text_before(
            'coalesce(identified.person.birthday, identified.person.birth_date, identified.person.birthdate)',
            10
        ), 'date') }} as birth_date,

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
