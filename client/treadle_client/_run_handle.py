"""A handle on one run: what it is doing, what it did, and its end."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from types import MappingProxyType

from treadle_client._arguments import (
    WrongArgument,
    choice,
    number,
    text,
    text_or_none,
    texts,
    whole_or_none,
)
from treadle_client._errors import ResultTimeout, UnreachableError
from treadle_client._ids import RunId
from treadle_client._messages import (
    CheckEvaluated,
    Event,
    LogChunk,
    LogStream,
    Materialization,
    Plan,
    PlanOptions,
    Reexecution,
    ReexecutionKind,
    Run,
    RunState,
    Selection,
    StepResult,
)
from treadle_client._requests import MOST_EVENTS, LogRequest, RunRequest, reexecution_of
from treadle_client._result import RunResult
from treadle_client._run_limits import run_limits
from treadle_client.calls._absence import DeadlinePassed
from treadle_client.calls._log_follow import read_logs
from treadle_client.calls._rpc import LauncherRpc
from treadle_client.calls._values import load_output
from treadle_client.calls._watch import RunWatch


class RunHandle:
    """A run of a launcher. Holds no state of it: the same handle may be had again with `Client.run`.

    Every method raises UnreachableError when the launcher does not answer.
    """

    def __init__(
        self,
        rpc: LauncherRpc,
        run_id: RunId,
        *,
        patience: float,
        existed: bool = True,
        notes: tuple[str, ...] = (),
    ) -> None:
        self._rpc = rpc
        self._run_id = run_id
        self._patience = patience
        self._existed = existed
        self._notes = notes

    @classmethod
    def launched(cls, rpc: LauncherRpc, request: RunRequest, *, patience: float) -> RunHandle:
        """Launch a run, and return its handle."""
        answer = rpc.launch_run(request)
        return cls(
            rpc,
            answer.run.run_id,
            patience=patience,
            existed=answer.existed,
            notes=answer.notes,
        )

    @property
    def run_id(self) -> RunId:
        """The run's id."""
        return self._run_id

    @property
    def existed(self) -> bool:
        """Whether the run was there before: this handle did not launch it.

        So it is when a request was made again with its idempotency key.
        """
        return self._existed

    @property
    def notes(self) -> tuple[str, ...]:
        """What was noted of the plan when this handle launched the run; else nothing."""
        return self._notes

    def describe(self) -> Run:
        """Return the run as it is now: what was asked for, state, counts, times."""
        return self._rpc.get_run(self._run_id)

    def status(self) -> RunState:
        """Return the run's state as it is now."""
        return self.describe().status

    def events(self, after: int = 0, *, follow: bool = True) -> Iterator[Event]:
        """Yield the run's events in order, from the one behind sequence `after`.

        Following, it ends behind run_finished. A connection that is lost on the way is
        made anew and the events go on where they stopped, without gap or duplicate; only a launcher
        that stays away raises UnreachableError. Leaving the loop early is harmless.

        Raises:
            ValueError: `after` is negative, or larger than any.
        """
        number(after, name="after", give="the sequence of an event, or 0 for all")
        if not 0 <= after <= MOST_EVENTS:
            raise WrongArgument(f"after is {after}; give the sequence of an event, or 0 for all.")
        return self._watch(after, deadline=None).events(follow=follow)

    def result(self, timeout: float | None = None) -> RunResult:
        """Wait for the run's end and return what became of it.

        Raises:
            ResultTimeout: it did not end within `timeout` seconds. It goes on.
            ValueError: `timeout` is no number.
        """
        if timeout is not None:
            number(timeout, name="timeout", give="the seconds to wait at most, or None")
        run = self._end(timeout)
        made = sorted(self.materializations(), key=lambda one: one.store_sequence)
        return RunResult(
            run_id=self._run_id,
            status=run.status,
            steps=MappingProxyType({step.key: step for step in self.steps()}),
            materializations=tuple(made),
            failure=run.failure,
            load=partial(load_output, self._rpc, self),
            checks=self.get_asset_check_evaluations,
        )

    def get_asset_check_evaluations(self) -> tuple[CheckEvaluated, ...]:
        """Return the results of checks that there are so far, in order."""
        return tuple(self._rpc.list_check_evaluations("", "", self._run_id))[::-1]

    def of(self, run_id: RunId) -> RunHandle:
        """Return the handle of another run of the same launcher."""
        return RunHandle(self._rpc, run_id, patience=self._patience)

    def steps(self) -> Iterator[StepResult]:
        """Yield the run's steps as they are now, in plan order."""
        return self._rpc.list_run_steps(self._run_id)

    def materializations(self) -> Iterator[Materialization]:
        """Yield what the run has made so far, newest first."""
        return self._rpc.list_materializations("", self._run_id)

    def cancel(self, reason: str = "") -> Run:
        """Ask for the run's end, and return when that is recorded; `result` waits for the end.

        Raises:
            RunFinishedError: it had ended already.
        """
        return self._rpc.cancel_run(self._run_id, text(reason, name="reason"))

    def plan_rerun(
        self,
        kind: ReexecutionKind | str | None = None,
        *,
        steps: str | Sequence[str] | None = None,
        rerun_changed: bool = False,
        same_code: bool = False,
        config: object = None,
    ) -> Plan:
        """Return what `rerun` would run, what it would reuse, and why. Nothing is run.

        Raises:
            RequestError: as `rerun`.
        """
        return self._rpc.plan_reexecution(
            reexecution_of(
                self._run_id,
                kind,
                steps,
                rerun_changed=rerun_changed,
                same_code=same_code,
                config=config,
            )
        )

    def rerun(  # noqa: PLR0913 - what a caller may choose, each by name
        self,
        kind: ReexecutionKind | str | None = None,
        *,
        steps: str | Sequence[str] | None = None,
        rerun_changed: bool = False,
        same_code: bool = False,
        config: object = None,
        plan: Plan | None = None,
        tags: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        retry_lost: int | None = None,
    ) -> RunHandle:
        """Go on from this run, which has ended: launch a run of its selection on the code of now.

        "from_failure", the default, runs what failed, what never finished, and everything below
        either; "steps", the default when `steps` are named, those; "all" every step. What
        succeeded else is reused. `rerun_changed` runs also what succeeded, if its code or inputs
        changed since; `same_code` refuses if the code is not the run's. With `plan`, exactly
        what `plan_rerun` showed is run. `config`, as of `Client.materialize`, is laid over this
        run's: a step that succeeded with another one is changed.

        `tags`, `idempotency_key`, `timeout` and `retry_lost` are as of `Client.materialize`. Tags
        are added to this run's; its timeout and retry_lost hold too where none is given:
        `timeout=math.inf` takes the limit away, `retry_lost=0` the leave to retry.

        Raises:
            RunNotFinishedError: the run goes on.
            NothingFailedError: nothing of it is left to run from a failure.
            CodeChangedError: the code is another, and the same was asked for.
            SelectionError: `steps` name no step of the plan.
            StalePlanError: the plan is another now than the one given.
            IdempotencyConflictError: the key was used for another request.
            ValueError: a plan was given together with what it holds itself.
        """
        asked = reexecution_of(
            self._run_id,
            kind,
            steps,
            rerun_changed=rerun_changed,
            same_code=same_code,
            config=config,
        )
        if plan is not None:
            is_default = asked == reexecution_of(
                self._run_id, None, None, rerun_changed=False, same_code=False
            )
            shown_before = _reexecution_in(plan)
            if shown_before is None or not (is_default or asked == shown_before):
                raise WrongArgument(
                    "Give either a plan that plan_rerun made, or what it is made of."
                )
            asked = shown_before
        return RunHandle.launched(
            self._rpc,
            RunRequest(
                location="",
                selection=Selection(),
                options=PlanOptions(),
                tags=texts(tags, name="tags"),
                idempotency_key=text_or_none(idempotency_key, name="idempotency_key"),
                digest="" if plan is None else plan.digest,
                fingerprint="" if plan is None else plan.fingerprint,
                limits=run_limits(timeout, retry_lost),
                reexecution=asked,
            ),
            patience=self._patience,
        )

    def logs(
        self,
        step_key: str,
        attempt: int | None = None,
        stream: LogStream | str = LogStream.ALL,
        *,
        offset: int = 0,
        follow: bool = False,
    ) -> Iterator[LogChunk]:
        """Yield what an attempt of a step wrote; by default the last attempt that started.

        Following, it goes on until that attempt has ended; one that has not started is waited
        for. A connection that is lost on the way is made anew and goes on at the byte that was
        reached, as `events` does. `offset` is the first byte wanted of one stream. An attempt
        that never started gives nothing.

        Raises:
            NotFoundError: the run has no such step.
            ValueError: an offset without a stream: each has bytes of its own; or the offset or
                the attempt is no such number.
        """
        wanted = choice(LogStream, stream, name="stream")
        if offset and wanted is LogStream.ALL:
            raise WrongArgument("An offset needs one stream: each has bytes of its own.")
        request = LogRequest(
            run_id=self._run_id,
            step_key=text(step_key, name="step_key"),
            attempt=whole_or_none(attempt, name="attempt", give="a number from 1 on"),
            stream=wanted,
            offset=whole_or_none(offset, name="offset", give="a byte's, from 0 on"),
            follow=follow,
        )
        return read_logs(self._rpc, request, patience=self._patience)

    def log_text(
        self,
        step_key: str,
        attempt: int | None = None,
        stream: LogStream | str = LogStream.ALL,
    ) -> str:
        """Return what an attempt of a step has written so far, as text."""
        chunks = self.logs(step_key, attempt, stream)
        return b"".join(chunk.data for chunk in chunks).decode(errors="replace")

    def _watch(self, after: int, *, deadline: float | None) -> RunWatch:
        return RunWatch(
            self._rpc, self._run_id, after=after, patience=self._patience, deadline=deadline
        )

    def _end(self, timeout: float | None) -> Run:
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            return self._watch(MOST_EVENTS, deadline=deadline).end()
        except DeadlinePassed:
            with suppress(UnreachableError):
                # One that is over by now has its result, however short the time was.
                run = self.describe()
                if run.status.is_final:
                    return run
            raise ResultTimeout(self._run_id, timeout or 0.0) from None

    def __repr__(self) -> str:
        return f"RunHandle({self._run_id!r}, launcher={self._rpc.address!r})"


def _reexecution_in(plan: object) -> Reexecution | None:
    return plan.reexecution if isinstance(plan, Plan) else None
