"""Full snapshots as CSV, JSONL and Parquet files."""

from connectors.destinations.files.destination import Files as DESTINATION

__all__ = ["DESTINATION"]
