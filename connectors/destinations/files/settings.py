"""What a files sync may set."""

from __future__ import annotations

import posixpath
from typing import Literal

from pydantic import Field

from connectors.destinations.base import DestinationSettings, FieldRules

Format = Literal["csv", "jsonl", "parquet"]


class FilesSettings(DestinationSettings):
    """Which files to write, and where.

    formats: one file each.
    folder: where the folders of the runs go; relative paths count from
        ``GOLDTHREAD_HOME/exports/<sync>``.
    """

    formats: tuple[Format, ...] = Field(default=("csv", "jsonl", "parquet"), min_length=1)
    folder: str = "."

    def field_rules(self, object_name: str) -> FieldRules:
        # The longest name is that of a file while it is written.
        longest = f".{object_name}.parquet.tmp".encode(errors="replace")
        if not object_name.isprintable() or {"/", "\\"} & set(object_name) or len(longest) > 255:
            raise ValueError(f"object {object_name!r} cannot be the name of a file")
        return FieldRules()

    def place(self, sync: str) -> str:
        # Runs of two syncs can have one name; the later would write over the earlier one's files.
        return posixpath.normpath(posixpath.join(sync, self.folder))
