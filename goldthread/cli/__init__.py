"""The command people type. One module a command group; each exposes ``command``."""

from __future__ import annotations

import errno
import importlib
import os
import pkgutil
import sys
from contextlib import suppress
from typing import Any

import click

from goldthread import __version__
from goldthread.cli._exit import EXIT_CODES_HELP, Stop


class DiscoveredGroup(click.Group):
    """Every module of this package is a command: ``demo_data.py`` is ``goldthread demo-data``.

    Modules whose name starts with an underscore hold shared helpers. Modules import only click
    at the top, so that ``goldthread --help`` stays fast.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = (module.name for module in pkgutil.iter_modules(__path__))
        return sorted(name.replace("_", "-") for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{__name__}.{cmd_name.replace('-', '_')}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except OSError as error:
            # What a command prints may go to a file on a full disk.
            if error.errno != errno.ENOSPC or error.filename:
                raise
            # At its end Python would try once more, and fail with a code of its own.
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise Stop(
                "The disk that the output goes to is full; what was done before stays done."
            ) from error


@click.group(
    cls=DiscoveredGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXIT_CODES_HELP,
)
@click.version_option(__version__, prog_name="goldthread")
def main() -> None:
    """A customer data platform that lives inside the warehouse."""
