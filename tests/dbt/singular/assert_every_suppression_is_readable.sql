{{ config(severity='warn') }}

-- Reported, not refused: what is no e-mail address, and what is no phone number or has fewer than
-- seven digits, is nobody's, so the suppression closes nothing until it is mended.
select
    suppression_id,
    identifier_type,
    source_file,
    row_number
from {{ ref('stg_stewardship__suppressions') }}
where
    case identifier_type
        when 'email' then {{ email_in('identifier_value') }} is null
        when 'phone'
            then
                not coalesce(
                    {{ regexp_matches(phone_digits('identifier_value'), '[1-9][0-9]{6}') }}, false
                )
        else false
    end
