"""dlt's DuckDB destination, as this warehouse needs it."""

from __future__ import annotations

from dlt.common.destination.capabilities import DestinationCapabilitiesContext
from dlt.common.normalizers.naming import NamingConvention
from dlt.destinations import duckdb
from dlt.destinations.impl.duckdb.configuration import DuckDbClientConfiguration


class Warehouse(duckdb):
    """What DuckDB is able to do follows from no setting.

    dlt looks its settings up in the environment and in files each time it asks, a dozen times a
    load.
    """

    @property
    def destination_type(self) -> str:
        """As dlt's own is called: loads of earlier releases are of the same destination."""
        return "dlt.destinations.duckdb"

    def capabilities(
        self,
        config: DuckDbClientConfiguration | None = None,
        naming: NamingConvention | None = None,
    ) -> DestinationCapabilitiesContext:
        """Formats, lengths of names and the like; see dlt's ``Destination``."""
        return super().capabilities(config or self.spec(), naming)
