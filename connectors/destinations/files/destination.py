"""Full snapshots as files: ``<run>/<object>.csv|jsonl|parquet`` and, last, ``<run>/manifest.json``.

Every run that finds a difference writes all current rows into a folder of its own; a run that
finds none writes nothing. A reader waits for the manifest: a folder without one is unfinished.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import ClassVar

from pydantic import SecretStr

from connectors.destinations.base import (
    Batch,
    DestinationSettings,
    FileWrite,
    Limits,
    Response,
    RowOutcome,
)
from connectors.destinations.files.payload import content, manifest
from connectors.destinations.files.settings import FilesSettings


class Files:
    """One folder of snapshots."""

    settings_model: ClassVar[type[DestinationSettings]] = FilesSettings

    def __init__(self, settings: FilesSettings, secrets: Mapping[str, SecretStr]) -> None:
        self._settings = settings

    @property
    def limits(self) -> Limits:
        return Limits(concurrency=1)

    def folder(self, run: str) -> PurePosixPath:
        return PurePosixPath(self._settings.folder) / run

    def marker(self, run: str) -> PurePosixPath:
        return self.folder(run) / "manifest.json"

    def requests(self, batch: Batch) -> Iterable[FileWrite]:
        # An empty snapshot is a message: everybody has left. Other empty batches are none.
        if batch.operation != "snapshot":
            return
        files = {
            f"{batch.object_name}.{file_format}": content(batch.table, file_format)
            for file_format in self._settings.formats
        }
        for name, data in files.items():
            yield FileWrite(self.folder(batch.run) / name, data)
        yield FileWrite(self.marker(batch.run), manifest(batch, files))

    def outcomes(self, response: Response, batch: Batch) -> Iterable[RowOutcome]:
        return (
            [RowOutcome(index, "ok") for index in range(len(batch))] if response.is_success else []
        )
