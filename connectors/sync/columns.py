"""Which columns of an activation model can be sent, and which rows, by the columns' types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from connectors.sync.nested import element_type, members
from connectors.sync.spec import SyncSpec
from goldthread.warehouse.files import quoted

if TYPE_CHECKING:
    from duckdb.sqltypes import DuckDBPyType

# Types whose values are the same text or number in every request and in the ledger.
_KEY = re.compile(
    r"VARCHAR|BOOLEAN|DATE|UUID|ENUM.*|U?(TINY|SMALL|BIG)INT|U?INTEGER|DECIMAL\((\d|1[0-8]),0\)"
)
# Types that no destination can be told of, or that lose digits or their zone on the way.
_UNTELLABLE = re.compile(
    r"\b(INTERVAL|TIMESTAMP_NS|TIME WITH TIME ZONE|UHUGEINT|BIGNUM|BIT|UNION|VARIANT)\b"
)
_NAMES_AND_LABELS = re.compile(r"\"[^\"]*\"|'[^']*'")
_MOMENT = re.compile(r"DATE|TIME")


def mapped_types(spec: SyncSpec, types: Mapping[str, str]) -> dict[str, str]:
    """The type of each column that the spec sends, by its name in the spec, in order of that name.

    types: of the published columns, as DuckDB names them, by the columns' names in lower case.
    """
    return {column: types[column.lower()] for column in sorted(set(spec.fields.values()))}


def type_problems(spec: SyncSpec, types: Mapping[str, str]) -> Iterator[str]:
    """One sentence for each mapped column whose type cannot be sent.

    types: see ``mapped_types``.
    """
    for column, kind in mapped_types(spec, types).items():
        if column in spec.key and not _KEY.fullmatch(kind):
            yield (
                f"key column {column!r} of {spec.model} is {kind}, which is not written alike "
                "everywhere: cast it to text in the model"
            )
        elif found := _UNTELLABLE.search(_NAMES_AND_LABELS.sub("", kind)):
            yield (
                f"column {column!r} of {spec.model} is {kind}, and {found[0]} has no form that "
                "destinations understand: cast it in the model"
            )


def beyond_the_calendar(spec: SyncSpec, types: Mapping[str, str]) -> str:
    """SQL that is true of a row with a date or moment outside the years 1 to 9999, or the time
    24:00, which other systems cannot read; also within lists, structs and maps."""
    import duckdb

    conditions = (
        _is_beyond(quoted(column), duckdb.sqltype(kind))
        for column, kind in mapped_types(spec, types).items()
        if _MOMENT.search(kind)
    )
    return " or ".join(filter(None, conditions)) or "false"


def _is_beyond(value: str, kind: DuckDBPyType, depth: int = 0) -> str | None:
    """SQL that is true of such a value; None for a type that holds no dates and times.

    value: SQL of this type. depth: how many lists it stands in.
    """
    if kind.id in ("time", "time_ns"):
        return f"cast({value} as time) >= time '24:00:00'"
    if kind.id == "date" or kind.id.startswith("timestamp"):
        word = kind.id.partition("_")[0].partition(" ")[0]
        return f"({value} < {word} '0001-01-01' or {value} >= {word} '10000-01-01')"
    if (element := element_type(kind)) is not None:
        part = f"part{depth}"
        condition = _is_beyond(part, element, depth + 1)
        return condition and f"len(list_filter({value}, lambda {part}: {condition})) > 0"
    found = [_is_beyond(part, of, depth) for part, of in members(value, kind)]
    return " or ".join(filter(None, found)) or None
