"""What calls that take or give more than one thing are made with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, Generic, TypeVar

from treadle_client._arguments import (
    WrongArgument,
    choice,
    expressions_in,
    shown,
    text_or_none,
    texts_in,
)
from treadle_client._config import config_data
from treadle_client._ids import RunId
from treadle_client._messages import (
    LogStream,
    Plan,
    PlanOptions,
    Reexecution,
    ReexecutionKind,
    Selection,
)
from treadle_client._run_limits import RunLimits
from treadle_contract.lazy_dataclasses import dataclass, field, replace

T = TypeVar("T")

#: What the contract's numbers have room for.
MOST_ATTEMPTS: Final = 2**31 - 1
MOST_BYTES: Final = 2**63 - 1
MOST_EVENTS: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What LaunchRun is asked for. `digest` and `fingerprint` pin a plan; "" pins nothing.

    A `reexecution` takes location, selection and options from the run that it goes on from.
    """

    location: str
    selection: Selection
    options: PlanOptions
    tags: Mapping[str, str]
    idempotency_key: str
    digest: str = ""
    fingerprint: str = ""
    limits: RunLimits = field(default_factory=RunLimits)
    reexecution: Reexecution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRequest:
    """What ReadLogs is asked for. `attempt` 0: the last one that started.

    Raises:
        ValueError: the attempt or the offset is no number that one could have.
    """

    run_id: str
    step_key: str
    attempt: int
    stream: LogStream
    offset: int
    follow: bool

    def __post_init__(self) -> None:
        if not 0 <= self.attempt <= MOST_ATTEMPTS:
            raise WrongArgument(f"attempt is {self.attempt}; give a number from 1 on.")
        if not 0 <= self.offset <= MOST_BYTES:
            raise WrongArgument(f"offset is {self.offset}; give a byte's, from 0 on.")


class Stream(Generic[T]):
    """A call that streams: iterate it once; `cancel` ends it, from any thread."""

    def __init__(self, items: Iterator[T], cancel: Callable[[], object]) -> None:
        self._items = items
        self._cancel = cancel

    def __iter__(self) -> Iterator[T]:
        return self._items

    def cancel(self) -> None:
        """End the call: the iteration raises UnreachableError, wherever it waits."""
        self._cancel()


def reexecution_of(  # noqa: PLR0913 - what is asked, each by name
    run_id: str,
    kind: ReexecutionKind | str | None,
    steps: str | Sequence[str] | None,
    *,
    rerun_changed: bool,
    same_code: bool,
    config: object = None,
) -> Reexecution:
    """Gather what is asked of an earlier run; without a kind, steps mean STEPS, else from failure.

    Raises:
        ValueError: steps are named for another kind, or the kind or the config is none.
    """
    names = texts_in(steps, name="steps")
    default = ReexecutionKind.FROM_FAILURE if steps is None else ReexecutionKind.STEPS
    chosen = default if kind is None else choice(ReexecutionKind, kind, name="kind")
    if names and chosen is not ReexecutionKind.STEPS:
        raise WrongArgument(f"Steps are named for the kind {ReexecutionKind.STEPS}, not {chosen}.")
    return Reexecution(
        parent_run_id=RunId(run_id),
        kind=chosen,
        step_expressions=names,
        rerun_changed=rerun_changed,
        same_code=same_code,
        config=config_data(config),
    )


def selection_of(
    selection: str | Sequence[str] | None,
    job: str | None,
    op_selection: str | Sequence[str] | None = None,
    *,
    allow_empty: bool = False,
) -> Selection:
    """Return what is asked to be made: a selection, a list of them, or what a job selects, or some ops of it.

    With `allow_empty` what matches nothing selects nothing.

    Raises:
        ValueError: it is no selection.
    """
    asked_job, ops = text_or_none(job, name="job"), texts_in(op_selection, name="op_selection")
    if not isinstance(allow_empty, bool):
        raise WrongArgument(f"allow_empty is {shown(allow_empty)}; give True or False.")
    if ops and not asked_job:
        raise WrongArgument("op_selection takes ops of a job: name it, job=….")
    if selection is None:
        return Selection(job=asked_job, op_selection=ops, allow_empty=allow_empty)
    if isinstance(selection, Plan):
        raise WrongArgument(
            "A Plan is not a selection: to run what it shows, materialize(plan=plan)."
        )
    if asked_job:
        raise WrongArgument(
            f"job={asked_job!r} takes a job's selection, and {shown(selection)} is another: give one of them."
        )
    expressions = expressions_in(selection)
    if not expressions:
        raise WrongArgument("An empty list selects nothing; None selects every asset.")
    return Selection(expressions=expressions, allow_empty=allow_empty)


def pinned(request: RunRequest, plan: Plan) -> RunRequest:
    """Make the request that runs exactly this plan.

    Raises:
        ValueError: what it holds is given as well.
    """
    if request.location or request.selection != Selection() or request.options != PlanOptions():
        raise WrongArgument(
            "A plan holds its selection, location and options: give either the plan or those."
        )
    if plan.reexecution is not None:
        return replace(
            request,
            reexecution=plan.reexecution,
            digest=plan.digest,
            fingerprint=plan.fingerprint,
        )
    return replace(
        request,
        location=plan.location,
        # What missing() stands for, the launcher says anew: if it is another, the plan is.
        selection=replace(plan.selection, recorded=None),
        options=plan.options,
        digest=plan.digest,
        fingerprint=plan.fingerprint,
    )
