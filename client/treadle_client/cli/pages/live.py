"""A run on a terminal: what ended scrolls by, what runs stays at the bottom and moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from treadle_client._messages import Event, StepStarted
from treadle_client._result import RunResult
from treadle_client.cli.pages.event_lines import Line, event_line
from treadle_client.cli.pages.progress import Progress
from treadle_client.text._visible import visible
from treadle_client.text._words import clock, count, span

#: How many running steps are shown by name.
_SHOWN_STEPS = 12


class LiveDisplay:
    """Prints events above a block of lines that is drawn anew several times a second."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress()
        self._spinner = Spinner("dots", style="cyan")

    def show(self, event: Event) -> None:
        """Fold the event in, and print its line; what starts is seen at the bottom instead."""
        self._progress.see(event)
        line = event_line(event)
        if line is not None and not isinstance(event, StepStarted):
            self._print(event, line)

    def finish(self, result: RunResult) -> None:
        """Say nothing more: the last line said it."""

    def _print(self, event: Event, line: Line) -> None:
        text = Text().append(f"{clock(event.time)}  ", style="dim")
        self._console.print(text.append(visible(line.text), style=line.tone.value))
        if line.below:
            self._console.print(Text(visible(line.below)))

    def __rich__(self) -> RenderableType:
        """Draw the block at the bottom."""
        running = self._progress.running
        # A copy: events arrive in another thread than the one that draws.
        lines = [_running_line(key, since) for key, since in tuple(running.items())]
        shown: list[RenderableType] = list(islice(lines, _SHOWN_STEPS))
        if len(lines) > _SHOWN_STEPS:
            shown.append(Text(f"  and {count(len(lines) - _SHOWN_STEPS, 'step')} more"))
        self._spinner.update(text=Text(str(self._progress), style="bold"))
        return Group(self._spinner, *shown)


def _running_line(step_key: str, since: datetime) -> Text:
    # The launcher's clock may be ahead of ours.
    elapsed = max(datetime.now(UTC) - since, timedelta())
    text = Text().append(f"  {visible(step_key)}  ", style="cyan")
    return text.append(span(elapsed), style="dim")


@contextmanager
def open_live() -> Iterator[LiveDisplay]:
    """Take the bottom of the terminal for a while."""
    console = Console(highlight=False)
    display = LiveDisplay(console)
    with Live(display, console=console, refresh_per_second=8, transient=True):
        yield display
