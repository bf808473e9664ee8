"""How many bytes a row may take in a request beyond its JSON in DuckDB, which is easy to tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from connectors.sync.columns import mapped_types
from connectors.sync.nested import element_type, members
from connectors.sync.spec import SyncSpec
from goldthread.warehouse.files import literal

if TYPE_CHECKING:
    from duckdb.sqltypes import DuckDBPyType

# Requests write moments with all digits of a second, and large numbers without an exponent.
_MOMENT_BYTES, _NUMBER_BYTES = 8, 4
# An entry of a map is a pair in a request.
_PAIR_BYTES = 4


def extra_bytes(spec: SyncSpec, types: Mapping[str, str]) -> str:
    """SQL over ``payload``: an upper bound of what it grows by when it is sent.

    types: see ``mapped_types``.
    """
    import duckdb

    kinds = mapped_types(spec, types)
    fields = (
        _extra(f"struct_extract(payload, {literal(field)})", duckdb.sqltype(kinds[column]))
        for field, column in sorted(spec.fields.items())
    )
    return " + ".join(filter(None, fields)) or "0"


def _extra(value: str, kind: DuckDBPyType, depth: int = 0) -> str | None:
    """SQL of the bytes that one value grows by; None for a type that does not.

    value: SQL of this type. depth: how many lists it stands in.
    """
    if str(kind) == "JSON":
        # It travels as text, with every quote and backslash escaped.
        text = f"cast(to_json(cast({value} as varchar)) as varchar)"
        return f"coalesce(octet_length(encode({text})), 0)"
    if kind.id.startswith("time"):
        return str(_MOMENT_BYTES)
    if kind.id in ("float", "double"):
        return str(_NUMBER_BYTES)
    if kind.id == "blob":
        return f"coalesce(octet_length({value}), 0)"
    if (element := element_type(kind)) is not None:
        part = f"part{depth}"
        each = _extra(part, element, depth + 1)
        return each and f"coalesce(list_sum(list_transform({value}, lambda {part}: {each})), 0)"
    found = [_extra(part, of, depth) for part, of in members(value, kind)]
    if kind.id == "map":
        found.append(f"coalesce({_PAIR_BYTES} * cardinality({value}), 0)")
    return " + ".join(filter(None, found)) or None
