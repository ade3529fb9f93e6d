"""How a command shows a run that it follows: live on a terminal, lines elsewhere, JSON for machines."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from treadle_client._messages import Event
from treadle_client._result import RunResult
from treadle_client.cli.pages.event_lines import event_line
from treadle_client.cli.pages.machine import plain, print_line
from treadle_client.cli.pages.say import say
from treadle_client.text._words import clock


class RunDisplay(Protocol):
    """Shows a run's events, and its end."""

    def show(self, event: Event) -> None:
        """Show one event."""

    def finish(self, result: RunResult) -> None:
        """Show what became of the run."""


class LineDisplay:
    """A line an event, for pipes, files and terminals that cannot move the cursor."""

    def show(self, event: Event) -> None:
        """Print the event's line, if it has one."""
        line = event_line(event)
        if line is not None:
            say(f"{clock(event.time)}  {line.text}")
            if line.below:
                say(line.below)

    def finish(self, result: RunResult) -> None:
        """Say nothing more: the last line said it."""


class JsonDisplay:
    """A JSON document an event, and one of the result, each on a line."""

    def show(self, event: Event) -> None:
        """Print the event."""
        print_line(plain(event))

    def finish(self, result: RunResult) -> None:
        """Print the result."""
        print_line(plain(result))


@contextmanager
def open_display(*, as_json: bool) -> Iterator[RunDisplay]:
    """Choose a display for standard output, and leave the terminal in order at the end."""
    if as_json:
        yield JsonDisplay()
    elif not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        yield LineDisplay()
    else:
        # Rich costs time that a pipe need not pay.
        from treadle_client.cli.pages.live import open_live  # noqa: PLC0415

        with open_live() as live:
            yield live
