"""The steps of runs, live or over, as their events tell."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice

from treadle_contract.fan_outs import is_mapped
from treadle_contract.ids import RunId, StepKey
from treadle_contract.launcher import LogStream, ReadLogsResponse
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.run import Failure, StepState
from treadle_contract.suggestions import nearest
from treadle_contract.value import Text
from treadle_contract.worker import Task
from treadle_launcher.engine.board import Board
from treadle_launcher.errors import (
    BadArgumentError,
    HomeUnreadableError,
    ReadsOnlyError,
    ShuttingDownError,
    UnknownStepError,
)
from treadle_launcher.runs.folding import LastFolded
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.runs.step_states import FINAL_STEP_STATES
from treadle_launcher.runs.step_view import StepView
from treadle_launcher.runs.tasks import running_step, task_for
from treadle_launcher.serving.attempt_logs import AttemptLogs
from treadle_launcher.serving.watch import Watchers
from treadle_launcher.store.errors import StoreUnavailableError
from treadle_launcher.store.pages import cut_page, page_limit, parse_token
from treadle_launcher.store.records import Page
from treadle_launcher.store.store import Store

_LOG = logging.getLogger(__name__)

_ROW = 512


class RunSteps:
    """Reads steps from the store, and what their attempts wrote from its files."""

    def __init__(
        self, store: Store, board: Board | None, watchers: Watchers, logs: AttemptLogs
    ) -> None:
        """Without a board, nobody here drives a run: what is recorded is all that is known."""
        self._store = store
        self._watchers = watchers
        self._folded = LastFolded(store)
        self._board = board
        self._logs = logs

    async def page(self, run_id: RunId, *, page_size: int, page_token: str) -> Page[StepView]:
        """Return steps in plan order.

        Raises:
            UnknownRunError: there is no such run.
            BadPageTokenError: no call for this run gave this token.
        """
        filters = ("steps", run_id)
        start = parse_token(page_token, filters) or 0
        limit = page_limit(page_size)
        view = await self._view(run_id)
        rows = tuple(islice(enumerate(view.in_order().values(), 1), start, start + limit + 1))
        return cut_page(rows, limit, filters, read=lambda row: (row[0], _size(row[1]), row[1]))

    async def read_logs(  # noqa: PLR0913 - what ReadLogs asks for
        self,
        run_id: RunId,
        step_key: StepKey,
        attempt: int,
        *,
        stream: LogStream | None,
        offset: int,
        follow: bool,
    ) -> AsyncGenerator[ReadLogsResponse, None]:
        """Yield what one attempt wrote; attempt 0 is the last one that started.

        Following, it ends when the end of the attempt is recorded and all of it was given.

        Raises:
            BadArgumentError: attempt or offset is negative.
            UnknownRunError: there is no such run.
            UnknownStepError: its plan has no such step.
            HomeUnreadableError: the store or a file cannot be read now.
            ShuttingDownError: the launcher is going, and the attempt goes on.
        """
        if attempt < 0 or offset < 0:
            raise BadArgumentError(message="attempt and offset are 0 or a positive number.")
        with _unreadable_for_now():
            started = await self._store.attempts_started(run_id, step_key)
            if not started:
                await self._check_planned(run_id, step_key)
            number = attempt or max(started, 1)
            async for chunk in self._logs.read(
                run_id,
                step_key,
                number,
                stream=stream,
                offset=offset,
                ended=partial(self._is_over, run_id, step_key, number) if follow else None,
            ):
                yield chunk

    async def task(self, run_id: RunId, step_key: StepKey, attempt: int) -> Task:
        """Return the task of one attempt as its host got it; attempt 0 is the last that started.

        Raises:
            BadArgumentError: attempt is negative.
            UnknownRunError: there is no such run.
            UnknownStepError: its plan has no such step, or that attempt never started.
        """
        if attempt < 0:
            raise BadArgumentError(message="attempt is 0 or a positive number.")
        view = await self._view(run_id)
        step = view.steps.get(step_key)
        if step is None:
            raise _unknown(step_key, view.steps)
        if not 0 < (attempt or step.attempts) <= step.attempts:
            raise UnknownStepError([step_key], message=_why_absent(step, attempt))
        # What an attempt read was there before it began, and is what it was.
        number = attempt or step.attempts
        return replace(
            task_for(view, step_key, number), steps=(running_step(view, step_key, number),)
        )

    async def _view(self, run_id: RunId) -> RunView:
        """Return a run as its log tells by now: the one that ended last is asked for most."""
        over = None if self._board is None else self._board.last_over
        # Of a failure the log has the two ends of what is long: a run with one is read there.
        if over is not None and over.run_id == run_id and not _has_failure(over):
            return over
        return await self._folded.view(run_id)

    async def _is_over(self, run_id: RunId, step_key: StepKey, attempt: int) -> bool:
        """Tell an attempt that is over from one that nobody knows of for a while.

        The board is asked at each look, the store only when the board has nothing to wait for:
        it forgets its runs when the store refused, and is ahead of what is recorded.
        """
        run = None if self._board is None else self._board.get(run_id)
        step = None if run is None else run.view.steps.get(step_key)
        seems_over = step is None or _has_ended(step, attempt)
        if seems_over and await self._store.attempt_ended(run_id, step_key, attempt):
            return True
        if self._board is None:
            raise ReadsOnlyError(
                message=f"Step {step_key} of run {run_id} is not over, and no launcher runs on its"
                " home that would tell more of it: start `treadle launcher`."
            )
        if self._watchers.is_closed:
            raise ShuttingDownError
        return False

    async def _check_planned(self, run_id: RunId, step_key: StepKey) -> None:
        plan = await self._store.get_run_plan(run_id)
        planned = [step.key for step in plan.steps]
        if step_key in planned and not is_mapped(step_key):
            return
        # What stands in the place of an unexpanded step, the log tells.
        keys = (await self._view(run_id)).in_order()
        if step_key not in keys:
            raise _unknown(step_key, [*keys, *planned])


def _unknown(step_key: StepKey, known: Iterable[StepKey]) -> UnknownStepError:
    return UnknownStepError([step_key], suggestions=nearest(step_key, known))


def _why_absent(step: StepView, attempt: int) -> str:
    """Say why a step has no such attempt, none at all for attempt 0."""
    if step.reused_from_run_id is not None:
        return (
            f"Step {step.key} did not run in this run: it was reused from run"
            f" {step.reused_from_run_id}. Name that one."
        )
    if not step.attempts:
        return f"Step {step.key} of the run never started: it is {step.state}."
    return f"Step {step.key} of the run never started an attempt {attempt}: it had {step.attempts}."


def _has_ended(step: StepView, attempt: int) -> bool:
    if step.state in FINAL_STEP_STATES or step.attempts > attempt:
        return True
    return step.attempts == attempt and step.state is not StepState.RUNNING


@contextmanager
def _unreadable_for_now() -> Iterator[None]:
    """Tell a caller what it can ask for again, at the byte that it has reached."""
    try:
        yield
    except (StoreUnavailableError, OSError) as error:
        _LOG.warning("logs_not_read error=%s", error)
        raise HomeUnreadableError(message=f"The home cannot be read now: {error}") from error


def _size(step: StepView) -> int:
    return _ROW + len(step.key) + (0 if step.failure is None else _failure_size(step.failure))


def _failure_size(failure: Failure) -> int:
    texts = (failure.traceback, failure.stderr_tail)
    return len(failure.message) + sum(_text_size(text) for text in texts if text is not None)


def _text_size(text: Text) -> int:
    return len(text.head) + len(text.tail)


def _has_failure(view: RunView) -> bool:
    return any(step.failure is not None for step in view.steps.values())
