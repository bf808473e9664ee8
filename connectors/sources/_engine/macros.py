"""The macros that read a text as a value."""

from __future__ import annotations

# Texts are read by their first bytes where that settles it, and a case asks for nothing it does not
# need: trimming a cell costs more than reading it as a time, and so does a cast from timestamptz to
# timestamp. DuckDB also takes words such as 'epoch' and 'infinity' for times, and trim leaves tabs
# and line ends where they are. Only a time that DuckDB cannot read is spelled out for it: without
# seconds or marks between the digits, in small letters, with a decimal comma. No offset on Earth
# is beyond 18 hours.
MACROS = r"""
create or replace temp macro bare(x) as
    regexp_replace(x, '^[\s\p{Z}]+|[\s\p{Z}]+$', '', 'g');

create or replace temp macro is_blank(x) as
    case when x is null then true when x >= '!' then false else bare(x) = '' end;

create or replace temp macro shorten(x) as
    case when length(x) > 80 then x[:80] || '…' else x end;

create or replace temp macro is_bad(value, cell) as
    case when value is null and cell is not null then not is_blank(cell) else false end;

create or replace temp macro looks_like_json(x) as
    case
        when x < ':' then try_cast(x as double) is not null
        when x >= '{' or (x >= '[' and x < '\') then true
        else x in ('true', 'false')
    end;

create or replace temp macro as_number(x) as
    case when regexp_full_match(bare(x), '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?')
        then try_cast(bare(x) as decimal(18, 6))
    end;

create or replace temp macro as_rate(x) as
    case when as_number(x) is not null then try_cast(bare(x) as decimal(18, 12)) end;

create or replace temp macro as_integer(x) as
    case when regexp_full_match(bare(x), '[+-]?[0-9]+([.]0+)?') then try_cast(bare(x) as bigint)
    end;

create or replace temp macro as_boolean(x) as
    case
        when lower(bare(x)) in ('true', 't', '1', '1.0', 'yes', 'y') then true
        when lower(bare(x)) in ('false', 'f', '0', '0.0', 'no', 'n') then false
    end;

create or replace temp macro spelled_out(x) as
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        regexp_replace(upper(bare(x)), '([0-9]),([0-9])', '\1.\2'), ' ([+-][0-9:]+)$', '\1'),
        '^([0-9]{4})([0-9]{2})([0-9]{2})T', '\1-\2-\3T'),
        'T([0-9]{2})([0-9]{2})([0-9]{2}([.,Z+-]|$)|[Z+-]|$)', 'T\1:\2:\3'),
        '([T ][0-9]{2}:[0-9]{2}):?([Z+-]|$)', '\1:00\2');

create or replace temp macro is_far_off(x) as
    case when suffix(x, 'Z') or suffix(x, '+00:00') then false
        else regexp_matches(
            x, ':[0-9.]+[+-](19|[2-9][0-9]|18:?(0[1-9]|[1-9])|[0-9]{2}:?[6-9][0-9])')
    end;

create or replace temp macro as_moment(x) as
    case when not is_far_off(x) then try_cast(x as timestamptz) end;

create or replace temp macro as_time(x) as
    case
        when x between '0' and ':'
            then make_timestamp(epoch_us(coalesce(
                as_moment(x), as_moment(bare(x)), as_moment(spelled_out(x))
            )))
        when x < '!' and bare(x) between '0' and ':'
            then make_timestamp(epoch_us(coalesce(
                as_moment(bare(x)), as_moment(spelled_out(x))
            )))
    end;

create or replace temp macro as_day(x) as
    case
        when length(bare(x)) <= 10 and bare(x) between '0' and ':' then try_cast(bare(x) as date)
        when as_time(x) is not null then try_cast(bare(x)[:10] as date)
    end;

create or replace temp macro as_epoch(x) as
    case
        when x like '"%' then as_time(trim(x, '"'))
        when try_cast(x as double) > 0 and try_cast(x as double) < 1e11
            then make_timestamp(cast(round(try_cast(x as double) * 1e6) as bigint))
        when try_cast(x as double) is null then as_time(x)
    end;

create or replace temp macro as_email(x) as
    case when regexp_full_match(
            bare(x), '[^\s@,;:<>()\[\]"]+@([^\s@,;:<>()\[\]".]+[.])+[^\s@,;:<>()\[\]".]{2,}'
        ) then x
    end;

create or replace temp macro without_extension(x) as
    regexp_replace(
        regexp_replace(lower(bare(x)), '^tel:', ''),
        '[\s,;]*(ext[.]?|x|#)[\s:.]*[0-9]{1,6}$|[.]0$', ''
    );

create or replace temp macro as_phone(x) as
    case when
        regexp_full_match(
            without_extension(x),
            '[(\s]*[+]?[0-9().\-/\s\x{00a0}\x{2010}-\x{2015}]+'
        )
        and length(regexp_replace(without_extension(x), '[^0-9]', '', 'g')) between 7 and 15
        then x
    end;

create or replace temp macro as_object(x) as case when x like '{%' then x end;
"""
