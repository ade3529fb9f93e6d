"""What is raised when a fact does not fit the state that it meets."""

from __future__ import annotations

from collections.abc import Sequence

from treadle_launcher.errors import LauncherError


class InvalidTransition(LauncherError):
    """A fact does not fit the state it meets: a fault of the code that appended it.

    `subject` is the run or step, `state` the state it is in, `event` the fact, and `story`
    what happened to the subject so far, oldest first.
    """

    def __init__(self, subject: str, state: str, event: str, story: Sequence[str]) -> None:
        self.subject = subject
        self.state = state
        self.event = event
        self.story = tuple(story)
        super().__init__(
            f"{event} cannot happen to {subject}, which is {state};"
            f" so far: {', '.join(story) or 'nothing'}"
        )
