"""How a code server stands with the launcher: whether it answers, since when, and why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from treadle_launcher.errors import LocationUnreachableError
from treadle_launcher.serving.arguments import LocationArgument


class Reachability:
    """Told of each answer and of each that did not come; begins as one that never answered."""

    def __init__(
        self, given: LocationArgument, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._now = now
        self._given = given
        self._nobody = f"nobody answers at {given.address}"
        self._why = self._nobody
        self._refused = ""
        self.is_reachable = False
        self.since = now()

    @property
    def problem(self) -> str:
        """Why it is not reached; "" if it is."""
        return "" if self.is_reachable else self._refused or self._why

    def answer(self) -> None:
        """Note that it answered."""
        self._refused = ""
        self._set(is_reachable=True)

    def lose(self, why: str = "") -> None:
        """Note that it did not."""
        self._why = why or self._nobody
        self._set(is_reachable=False)

    def refuse(self, why: str) -> None:
        """Note why it is not spoken with, though somebody is there; "": it is now."""
        self._refused = why
        if why:
            self._set(is_reachable=False)

    def refuse_token(self, name: str) -> None:
        """Note that it wants another token than it was sent, or one at all."""
        if self._given.token is not None:
            self.refuse(
                f"it does not take the token of --location-token {name}=FILE: give the file that it"
                " was started with, its --token-file"
            )
            return
        self.refuse(
            f"it asks for its token: start the launcher with --location {name}={self._given.address}"
            f" --location-token {name}=FILE (the launcher's own --token-file is sent to nobody)"
        )

    def refusal(self, name: str) -> LocationUnreachableError:
        """Return what a call that needs it is refused with."""
        if not self._refused:
            return LocationUnreachableError([name])
        message = f"The code server of {name} is not used: {self._refused}."
        return LocationUnreachableError([name], message=message)

    def _set(self, *, is_reachable: bool) -> None:
        if is_reachable != self.is_reachable:
            self.is_reachable = is_reachable
            self.since = self._now()
