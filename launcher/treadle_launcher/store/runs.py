"""The runs' rows: what the log says of a run in short, and how its hosts are started."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from functools import cache
from sqlite3 import Connection
from typing import Any, Final

from treadle_contract.event import RunSubmitted
from treadle_contract.ids import RunId
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.plan import PlanOptions, Selection
from treadle_contract.run import Failure, FailureReason, RunState, StepState
from treadle_launcher import codec
from treadle_launcher.clock import TimeUs, as_moment
from treadle_launcher.errors import UnknownRunError
from treadle_launcher.locations.launch_spec import LaunchSpec
from treadle_launcher.planning.manifest import CodeManifest
from treadle_launcher.runs.events import Event
from treadle_launcher.runs.run_states import FINAL_RUN_STATES
from treadle_launcher.runs.run_summary import ChangingFacts, RunSummary
from treadle_launcher.store import manifests
from treadle_launcher.store.pages import cut_page, page_limit, parse_token
from treadle_launcher.store.records import Page
from treadle_launcher.store.schema import ephemeral_runs, launch_specs
from treadle_launcher.store.schema import runs as runs_table
from treadle_launcher.store.statements import (
    Statement,
    added_to,
    among,
    listed,
    one_of,
    put_in,
    where,
)

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """Which runs are wanted: in one of these states and of this location, if given."""

    states: tuple[RunState, ...] = ()
    location: str = ""

    def as_text(self) -> tuple[str, ...]:
        """Return the filters for a page's token."""
        return ("runs", self.location, *sorted(set(self.states)))


_IS_FINISHED: Final = one_of("state", FINAL_RUN_STATES)
_IS_UNFINISHED: Final = one_of("state", set(RunState) - FINAL_RUN_STATES)
_IS_OF_FINISHED: Final = f"run_id IN (SELECT run_id FROM runs WHERE {_IS_FINISHED})"

_ADD: Final = added_to(runs_table, without=["ordinal"])
_GET: Final = Statement("SELECT * FROM runs WHERE run_id = :run_id")
_KNOWN: Final = Statement("SELECT ordinal FROM runs WHERE run_id = :run_id")
_LIMITS: Final = {
    "states": among("state", "states"),
    "location": "location = :location",
    "before": "ordinal < :before",
}
# Only what is newer is read: no index has the parents.
_LAST_RERUN: Final = Statement(
    "SELECT * FROM runs WHERE ordinal > (SELECT ordinal FROM runs WHERE run_id = :run_id)"
    " AND json_extract(submitted_json, '$.reexecution.parent_run_id') = :run_id"
    " ORDER BY ordinal DESC LIMIT 1"
)
_UNFINISHED: Final = Statement(f"SELECT * FROM runs WHERE {_IS_UNFINISHED} ORDER BY ordinal")
_UNFINISHED_EPHEMERAL: Final = Statement(
    f"SELECT * FROM runs WHERE {_IS_UNFINISHED}"
    " AND run_id IN (SELECT run_id FROM ephemeral_runs) ORDER BY ordinal"
)
_ADD_EPHEMERAL: Final = added_to(ephemeral_runs)
_PUT_SPEC: Final = put_in(launch_specs, "run_id")
_SPEC: Final = Statement(
    "SELECT launch_specs.spec_json, runs.location FROM launch_specs"
    " JOIN runs ON runs.run_id = launch_specs.run_id WHERE launch_specs.run_id = :run_id"
)
_LET_GO: Final = tuple(
    Statement(f"DELETE FROM {kept.name} WHERE run_id = :run_id")
    for kept in (launch_specs, ephemeral_runs)
)
_KEEPS: Final = Statement(f"SELECT run_id FROM launch_specs WHERE {_IS_OF_FINISHED} LIMIT 1")
_LET_GO_OF_FINISHED: Final = Statement(f"DELETE FROM launch_specs WHERE {_IS_OF_FINISHED}")


def add(connection: Connection, submitted: Event, run: RunSummary, facts: ChangingFacts) -> None:
    """Add the row of a run that was just submitted."""
    row = {
        "run_id": run.run_id,
        "location": run.location,
        "submitted_us": run.submitted_at,
        "submitted_json": codec.dumps(submitted.payload),
        **_columns(facts._asdict()),
    }
    _ADD.run(connection, **row)


@cache
def _update(columns: frozenset[str]) -> Statement:
    """Return the statement that sets these columns: which they are is much the same in all runs."""
    values = ", ".join(f"{name} = :{name}" for name in sorted(columns))
    return Statement(f"UPDATE runs SET {values} WHERE run_id = :of_run")


def update(
    connection: Connection, run_id: RunId, before: ChangingFacts, now: ChangingFacts
) -> None:
    """Bring a run's row up to date: only what changed is written."""
    facts = zip(ChangingFacts._fields, before, now, strict=True)
    changed = _columns({name: new for name, old, new in facts if new != old})
    if changed:
        _update(frozenset(changed)).run(connection, of_run=run_id, **changed)


def get(connection: Connection, run_id: RunId) -> RunSummary:
    """Return one run.

    Raises:
        UnknownRunError: there is no such run.
    """
    row = _GET.row(connection, run_id=run_id)
    if row is None:
        raise UnknownRunError([run_id])
    return _from_row(row)


def check_known(connection: Connection, run_id: RunId) -> None:
    """Check that there is such a run.

    Raises:
        UnknownRunError: there is none.
    """
    if _KNOWN.row(connection, run_id=run_id) is None:
        raise UnknownRunError([run_id])


def page(
    connection: Connection, wanted: RunFilter, page_size: int, page_token: str
) -> Page[RunSummary]:
    """Return a page of runs, newest first.

    Raises:
        BadPageTokenError: no call with these filters gave this token.
    """
    filters = wanted.as_text()
    limit = page_limit(page_size)
    before = parse_token(page_token, filters)
    states = listed(sorted(set(wanted.states))) if wanted.states else None
    values: dict[str, Any] = {
        "states": states,
        "location": wanted.location or None,
        "before": before,
    }
    given = {name: value for name, value in values.items() if value is not None}
    rows = _page(frozenset(given)).rows(connection, most=limit + 1, **given)
    return cut_page(rows, limit, filters, read=_read)


@cache
def _page(given: frozenset[str]) -> Statement:
    limits = where(_LIMITS[name] for name in sorted(given))
    return Statement(f"SELECT * FROM runs {limits} ORDER BY ordinal DESC LIMIT :most")


def last_rerun(connection: Connection, run_id: RunId) -> RunSummary | None:
    """Return the newest run that goes on from this one, or None."""
    row = _LAST_RERUN.row(connection, run_id=run_id)
    return None if row is None else _from_row(row)


def unfinished(connection: Connection, *, only_ephemeral: bool = False) -> tuple[RunSummary, ...]:
    """Return every run whose state is not final, oldest first; or those of ephemeral launchers."""
    query = _UNFINISHED_EPHEMERAL if only_ephemeral else _UNFINISHED
    return tuple(map(_from_row, query.rows(connection)))


def add_ephemeral(connection: Connection, run_id: RunId) -> None:
    """Note that a run ends with its launcher."""
    _ADD_EPHEMERAL.run(connection, run_id=run_id)


def let_go(connection: Connection, run_id: RunId) -> None:
    """Remove what was kept of a run only until it is over: how its hosts are started."""
    for drop in _LET_GO:
        drop.run(connection, run_id=run_id)


def keeps_of_finished(connection: Connection) -> bool:
    """Tell whether anything is kept that an older Treadle did not let go of."""
    return _KEEPS.row(connection) is not None


def let_go_of_finished(connection: Connection) -> None:
    """Do `let_go` for what an older Treadle kept."""
    _LET_GO_OF_FINISHED.run(connection)


def spec_text(spec: LaunchSpec) -> str:
    """Return how a LaunchSpec is kept: what its digest was taken over is kept once for all runs."""
    return codec.dumps(spec.with_manifest(CodeManifest()))


def put_launch_spec(connection: Connection, run_id: RunId, spec_json: str) -> None:
    """Keep how a run's hosts are started, in place of what was kept."""
    _PUT_SPEC.run(connection, run_id=run_id, spec_json=spec_json)


def launch_spec(connection: Connection, run_id: RunId) -> LaunchSpec:
    """Return how a run's hosts are started.

    Raises:
        UnknownRunError: there is no such run.
    """
    found = _SPEC.row(connection, run_id=run_id)
    if found is None:
        raise UnknownRunError([run_id])
    spec = codec.loads(LaunchSpec, found.spec_json)
    manifest = manifests.get(connection, found.location, spec.digest)
    return spec if manifest is None else spec.with_manifest(manifest)


_WRITTEN: Final[Mapping[str, tuple[str, Callable[[Any], Any]]]] = {
    "state": ("state", str),
    "started_at": ("started_us", int),
    "finished_at": ("finished_us", int),
    "step_counts": ("step_counts_json", json.dumps),
    "failure": ("failure_json", codec.dumps),
}
"""The columns of what a row holds otherwise than ChangingFacts, each with how it is written."""


def _columns(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    columns: dict[str, Any] = {}
    for name, fact in facts.items():
        column, written = _WRITTEN.get(name, (name, None))
        columns[column] = fact if written is None or fact is None else written(fact)
    return columns


def _read(row: Any) -> tuple[int, int, RunSummary]:
    return row.ordinal, len(str(row.submitted_json)) + len(str(row.failure_json)), _from_row(row)


def _from_row(row: Any) -> RunSummary:
    try:
        return _summary(row)
    except codec.UNREADABLE as error:
        return _unreadable(row, error)


def _unreadable(row: Any, error: Exception) -> RunSummary:
    """Return what stands for a run whose row is damaged: no other run is to be lost with it."""
    _LOG.error("run_unreadable run=%s error=%s", row.run_id, error)
    states = {str(state): state for state in RunState}
    message = (
        f"What the home's database records of this run in short cannot be read: {error}. Its events"
        " and values may be whole; a backup of treadle.db has the rest."
    )
    return RunSummary(
        run_id=RunId(str(row.run_id)),
        location=str(row.location),
        state=states.get(row.state, RunState.FAILED),
        selection=Selection(),
        options=PlanOptions(),
        digest="",
        fingerprint="",
        submitted_at=TimeUs(0),
        tags={},
        step_counts={},
        failure=Failure(reason=FailureReason.INTERNAL, message=message),
        last_sequence=row.last_sequence if isinstance(row.last_sequence, int) else 0,
    )


def _summary(row: Any) -> RunSummary:
    submitted = codec.loads(RunSubmitted, row.submitted_json)
    counts = json.loads(row.step_counts_json)
    failure = None if row.failure_json is None else codec.loads(Failure, row.failure_json)
    return RunSummary(
        run_id=RunId(row.run_id),
        location=_text(row.location),
        state=RunState[row.state.upper()],
        selection=submitted.selection,
        options=submitted.options,
        digest=_text(row.digest),
        fingerprint=_text(row.fingerprint),
        submitted_at=_time(row.submitted_us),
        tags=submitted.tags,
        step_counts={StepState[name.upper()]: int(count) for name, count in counts.items()},
        failure=failure,
        started_at=None if row.started_us is None else _time(row.started_us),
        finished_at=None if row.finished_us is None else _time(row.finished_us),
        materialization_count=int(row.materialization_count),
        unexpected_count=int(row.unexpected_count),
        last_sequence=int(row.last_sequence),
        idempotency_key=submitted.idempotency_key,
        timeout_ms=submitted.timeout_ms,
        retry_lost=submitted.retry_lost,
        reexecution=submitted.reexecution,
        root_run_id=submitted.root_run_id,
    )


def _time(us: int) -> TimeUs:
    as_moment(TimeUs(us))
    return TimeUs(us)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.80} is not text")
    return value
