"""Progress of a run on the terminal: a bar where somebody watches, single lines elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID


class Bar:
    """One line that moves through the stages of a run; goes to standard error, silent if quiet."""

    def __init__(self, *, quiet: bool) -> None:
        from rich.console import Console

        self._console = Console(stderr=True, highlight=False, quiet=quiet)
        self._progress = _progress(self._console)
        self._task: TaskID | None = None
        self._stage = ""

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def advance(self, stage: str, done: int | None = None, total: int | None = None) -> None:
        """Show that ``stage`` has done ``done`` of ``total``; a new stage ends the last one."""
        if stage != self._stage:
            self._finish()
            self._stage = stage
            self._task = self._progress.add_task(stage, total=total)
        if self._task is not None:
            self._progress.update(self._task, completed=done, total=total)

    def say(self, text: str) -> None:
        """A line above the bar that stays."""
        self._progress.console.print(text, soft_wrap=True)

    def _finish(self) -> None:
        if self._task is not None:
            task = next(task for task in self._progress.tasks if task.id == self._task)
            seconds = task.elapsed or 0.0
            self._progress.remove_task(self._task)
            self.say(f"  {self._stage} [dim]{seconds:.1f} s[/]")
            self._task = None

    def close(self) -> None:
        """End the stage that is under way."""
        self._finish()
        self._stage = ""


def _progress(console: Console) -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
