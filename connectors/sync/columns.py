"""Which columns of an activation model can be sent, and which rows, by the columns' types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from connectors.sync.spec import SyncSpec
from goldthread.warehouse.files import quoted

# Types whose values are the same text or number in every request and in the ledger.
_KEY = re.compile(
    r"VARCHAR|BOOLEAN|DATE|UUID|ENUM.*|U?(TINY|SMALL|BIG)INT|U?INTEGER|DECIMAL\((\d|1[0-8]),0\)"
)
# Types that no destination can be told of, or that lose digits or their zone on the way.
_UNTELLABLE = re.compile(
    r"\b(INTERVAL|TIMESTAMP_NS|TIME WITH TIME ZONE|UHUGEINT|BIGNUM|BIT|UNION|VARIANT)\b"
)
_NAMES_AND_LABELS = re.compile(r"\"[^\"]*\"|'[^']*'")
_CALENDAR = {"DATE": "date", "TIMESTAMP": "timestamp"}


def type_problems(spec: SyncSpec, types: Mapping[str, str]) -> Iterator[str]:
    """One sentence for each mapped column whose type cannot be sent.

    types: of the published columns, as DuckDB names them, by the columns' names in lower case.
    """
    for column in sorted(set(spec.fields.values())):
        kind = types[column.lower()]
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
    """SQL that is true of a row with a date or moment outside the years 1 to 9999, which other
    systems cannot read."""
    conditions = [
        f"{quoted(column)} < {word} '0001-01-01' or {quoted(column)} >= {word} '10000-01-01'"
        for column in sorted(set(spec.fields.values()))
        for start, word in _CALENDAR.items()
        if types[column.lower()].startswith(start) and not types[column.lower()].endswith("]")
    ]
    return " or ".join(conditions) or "false"
