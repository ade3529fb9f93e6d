"""What an answer says of the code on the disk, where that is not the code that it is of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from treadle_codeserver.location import LocationStatus
from treadle_contract.graph import LocationState

_NAMED: Final = 3
_RELOAD: Final = "`treadle reload` loads it anew."


def code_notes(status: LocationStatus, answer: str = "plan") -> Iterator[str]:
    """Yield a note when the code that is served is not the newest. Looks at the user's files.

    `answer` is what the note is made for, in a word.
    """
    served = status.served
    if served is None:
        return
    if status.state is LocationState.SERVING_LAST_GOOD:
        since = served.loaded_at.strftime("%Y-%m-%d %H:%M:%S")
        yield (
            f"The newest code could not be loaded ({_problem(status)}): this {answer} is of the code"
            f" that was loaded at {since} UTC. Once it is corrected, {_RELOAD}"
        )
        return
    changed = served.files.changed()
    if changed:
        yield (
            f"Changed after the code was loaded: {_named(changed)}. This {answer} is of the code as"
            f" it was then; {_RELOAD}"
        )


def _problem(status: LocationStatus) -> str:
    """Say what failed and how: of a traceback the last line, which names the error, else the first."""
    for module in status.modules:
        lines = module.problem.head.strip().splitlines() if module.problem else []
        if lines:
            place = f"{module.source.file}:{module.source.line}" if module.source else module.target
            told = lines[-1] if lines[0].lstrip().startswith(("Traceback", "File ")) else lines[0]
            return f"{place}: {told.strip()}"
    return "its load failed"


def _named(paths: tuple[str, ...]) -> str:
    more = len(paths) - _NAMED
    return ", ".join(paths[:_NAMED]) + (f" and {more} more" if more > 0 else "")
