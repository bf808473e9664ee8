-- A pattern for a type of identifier that nobody has blocks nothing: what it was to block would
-- go on joining strangers. The word is any, or a type that identity_rules lists.
select
    blocklist.identifier_type,
    blocklist.pattern
from {{ ref('identifier_blocklist') }} as blocklist

left join {{ ref('identity_rules') }} as rules
    on lower({{ trimmed('blocklist.identifier_type') }}) in ('any', rules.identifier_type)

where
    rules.identifier_type is null
    or blocklist.pattern is null
