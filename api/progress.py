"""Stages of a long command, each with its time and, while it lasts, a progress bar."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

Report = Callable[[float], None]


class Stages:
    """Prints stages on one console."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._began = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the first stage could begin."""
        return time.monotonic() - self._began

    @contextmanager
    def stage(self, title: str) -> Iterator[Report]:
        """A stage; what it yields takes the share done, from 0 to 1."""
        began = time.monotonic()
        columns = (TextColumn("  {task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        with Progress(
            *columns, console=self.console, transient=True, disable=not self.console.is_terminal
        ) as progress:
            task = progress.add_task(title, total=None)
            yield lambda share: progress.update(task, total=1.0, completed=share)
        self.console.print(f"[green]✓[/] {title} [dim]{time.monotonic() - began:.1f} s[/]")

    def say(self, text: str) -> None:
        """A line between two stages."""
        self.console.print(text, soft_wrap=True)
