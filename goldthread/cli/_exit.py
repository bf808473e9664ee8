"""The exit codes of every ``goldthread`` command, and how errors become one."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import click

# A path that cannot be one, and what must not be written to.
_NOWHERE_TO_WRITE = (
    *(errno.EEXIST, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG),
    *(errno.EACCES, errno.EPERM, errno.EROFS),
)


class ExitCode(IntEnum):
    """Scripts and schedulers may rely on these."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    CHECK_FAILED = 3
    NOT_FOUND = 4
    BUSY = 5
    NOT_READY = 6
    INCOMPLETE = 7


EXIT_CODES_HELP = """\b
Exit codes:
  0  done
  1  failed; the message says why
  2  wrong usage
  3  a check failed: nothing was published, the old files stay
  4  nothing of that name or id exists
  5  another run holds the home; the message names it
  6  an earlier step is missing; the message names it
  7  delivered in part; the rest is tried again at the next apply
"""


class Stop(click.ClickException):
    """Ends a command with a message for people and one of the exit codes."""

    def __init__(self, message: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        # click reads it from the instance, though it types it as the class's.
        self.exit_code = int(code)  # type: ignore[misc]

    def show(self, file: Any = None) -> None:
        click.echo(self.format_message(), err=True, file=file)


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn the errors the layers below raise on purpose into a message and an exit code.

    Anything else is a defect and keeps its traceback.
    """
    from connectors.sources import LoadError
    from connectors.sync.errors import SpecError
    from goldthread.cli._console import print_failures
    from goldthread.warehouse.errors import (
        BuildFailed,
        HomeRefused,
        ModelRefused,
        NothingLoaded,
        NothingSelected,
        PublishRefused,
        StateRefused,
        WarehouseBusy,
        WarehouseDamaged,
        room_hint,
    )
    from goldthread.warehouse.publish import ChecksFailed

    try:
        yield
    except WarehouseBusy as error:
        raise Stop(str(error), ExitCode.BUSY) from error
    except ChecksFailed as error:
        print_failures(error.failures)
        raise Stop(str(error), ExitCode.CHECK_FAILED) from error
    except (BuildFailed, SpecError) as error:
        told = "\n".join(filter(None, [str(error), room_hint(str(error))]))
        raise Stop(told, ExitCode.CHECK_FAILED) from error
    except (PublishRefused, NothingLoaded) as error:
        raise Stop(str(error), ExitCode.NOT_READY) from error
    except NothingSelected as error:
        raise Stop(str(error), ExitCode.NOT_FOUND) from error
    except (StateRefused, WarehouseDamaged, LoadError, ModelRefused, HomeRefused) as error:
        raise Stop(str(error), ExitCode.FAILED) from error
    except click.ClickException:
        raise
    except Exception as error:
        # The home, or a folder in it, cannot be made or written to.
        if isinstance(error, OSError) and error.filename and error.errno in _NOWHERE_TO_WRITE:
            raise Stop(f"{error.filename}: {error.strerror}.", ExitCode.FAILED) from error
        # A full disk is reported by whoever is writing: DuckDB, dlt, SQLite, the system. Any
        # other error is raised as it is.
        if (hint := room_hint(str(error))) is None:
            raise
        raise Stop(f"{hint}\n{type(error).__name__}: {error}", ExitCode.FAILED) from error
