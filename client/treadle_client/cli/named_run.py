"""The run that RUN of a command names: by its id, by the beginning of it, or as `latest`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from treadle_client._errors import NotFoundError, Refusal, RequestError
from treadle_client._messages import Run
from treadle_client.text._words import moment

if TYPE_CHECKING:
    from treadle_client._client import Client
    from treadle_client._run_handle import RunHandle

LATEST: Final = "latest"
_ID_LENGTH: Final = 26
_MOST_SHOWN: Final = 5


def named_run(client: Client, name: str) -> RunHandle:
    """Return the handle of the run that is named; `latest` is the newest.

    Raises:
        RequestError: there is no such run (NotFoundError), or there are several.
    """
    return client.run(run_id_of(client, name))


def run_id_of(client: Client, name: str) -> str:
    """Return the id of the run that is named. What begins no run's id is returned as it is.

    Raises:
        RequestError: there are several, or `latest` is meant and there is none (NotFoundError).
    """
    if name == LATEST:
        newest = next(client.runs(), None)
        if newest is None:
            raise NotFoundError(Refusal(reason="NO_RUNS", message="There is no run yet."))
        return newest.run_id
    if not name or len(name) >= _ID_LENGTH:
        return name
    found = [run for run in client.runs() if run.run_id.startswith(name.upper())]
    if len(found) > 1:
        raise _ambiguous(name, found)
    return found[0].run_id if found else name


def _ambiguous(name: str, found: list[Run]) -> RequestError:
    lines = [f"  {run.run_id}  {run.status}, {moment(run.submitted_at)}" for run in found]
    more = len(lines) - _MOST_SHOWN
    lines[_MOST_SHOWN:] = [f"  … and {more} older ones"] if more > 0 else []
    return RequestError(
        Refusal(
            reason="AMBIGUOUS_RUN",
            message="\n".join(
                [
                    f"{name!r} begins the ids of {len(found)} runs. Write more of one, or latest:",
                    *lines,
                ]
            ),
            names=(name,),
        )
    )
