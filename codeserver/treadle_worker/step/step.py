"""The step process: the steps of one task, one after another, from the fork to its end."""

from __future__ import annotations

import contextlib
import sys
import traceback
from functools import partial
from typing import NoReturn, TypeAlias

from treadle._system import faulthandler, os, signal
from treadle.io._files import FileStore
from treadle.locations.location import LoadedLocation
from treadle.steps._interrupted import StepInterrupted
from treadle.steps._memory import TaskMemory
from treadle.steps._own_process import note_own_process
from treadle.steps.execution import StepFailedError, run_step
from treadle_contract import json_codec
from treadle_contract.event import HookCompleted, HookErrored
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.run import Failure, FailureReason, FailureWhere
from treadle_contract.worker import (
    AttemptBegun,
    AttemptFailed,
    AttemptSucceeded,
    RetryRequest,
    Task,
    TaskStep,
)
from treadle_worker.attempts.evidence import memory_error
from treadle_worker.attempts.usage import used
from treadle_worker.frames import FrameError
from treadle_worker.loading.user_settings import INTERPRETER
from treadle_worker.step import limits
from treadle_worker.step.breakpoints import refuse_breakpoints
from treadle_worker.step.capture import LogFolder, log_folder_beside
from treadle_worker.step.failures import internal_failure, step_failure
from treadle_worker.step.forked import end_forked
from treadle_worker.step.interrupts import Interrupts
from treadle_worker.step.late_imports import LateImports
from treadle_worker.step.lingering import tell_what_keeps
from treadle_worker.step.log_records import AttemptLog, Records
from treadle_worker.step.next_attempt import is_tried_at_once, next_attempt
from treadle_worker.step.process_exit import (
    OpenFiles,
    end_process,
    exit_status,
    join_threads,
    leave,
    run_exit_handlers,
)
from treadle_worker.step.reports import CANNOT_REPORT, OUR_FAILURE, Reports, ReportsLostError
from treadle_worker.system import processes

# Before the user's code runs, which may change what this takes.
json_codec.prepare(Task)
_Outcome: TypeAlias = AttemptSucceeded | AttemptFailed
# What it raises to report to nobody.
_LOST = (ReportsLostError, BrokenPipeError, ConnectionResetError)
# Nobody asks for it: the host is gone.
_HOST_GONE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What a step process needs to run; `files` were open when the heap was frozen.

    `interrupts`: nobody caught the signals of interrupts.py before this process was forked.
    """

    location: LoadedLocation
    task: Task
    step: TaskStep
    store: FileStore
    logs: LogFolder
    files: OpenFiles = ()
    interrupts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What a process that imported the code has done ahead of any attempt in it, or in its copies."""

    late: LateImports
    records: Records


def make_ready(location: LoadedLocation) -> Ready:
    """Do, once the code is imported, what is the same for every attempt."""
    _buffer_by_line()
    records = Records()
    late = LateImports(location.snapshot.manifest.files)
    late.install()
    return Ready(late=late, records=records)


def detach(parent: int) -> None:
    """Make this process an attempt's own: session, orphans, crashes told on stderr, and its end.

    It ends when the host does.
    """
    os.setsid()
    processes.die_with_parent(parent)
    processes.adopt_orphans()
    faulthandler.enable(2, all_threads=True)


def announce(reports: Reports) -> None:
    """Say that this process, which its host did not fork, is about to run the op.

    The host writes that down beside what this process has to prepare still: `run_attempt` waits
    for it. Of one that it forked it knows by itself.
    """
    reports.send(AttemptBegun(process=processes.process_id(os.getpid())))


def restrict(step: TaskStep, reports: Reports) -> None:
    """Set what this process may use; end it, and say why, if that cannot be."""
    if step.limits is None:
        return
    try:
        limits.apply(step.step_key, step.limits)
    except limits.LimitError as error:
        failure = Failure(reason=FailureReason.START_FAILED, message=str(error))
        reports.send(AttemptFailed(failure=failure, pid=os.getpid()))
        end_process(0)


def run_attempt(ready: Ready, attempt: Attempt, reports: Reports) -> NoReturn:
    """Run the step, report, and end this process as a Python process ends.

    Nothing of the op runs (no resource, no load, no line of it) before the host's journal says
    that the attempt began: what the journal calls not begun may be run again by anybody.
    Importing the module is not the op's: every host does it, and as often as it likes.
    """
    note_own_process()
    log = ready.records.write_to(attempt.logs.log, reports.send)
    refuse_breakpoints(attempt.task.run_id, attempt.step.step_key)
    told = reports.wait_for_go_ahead()
    if told is None:
        os._exit(_HOST_GONE)
    if told:
        task = json_codec.loads(Task, told)
        attempt = replace(attempt, task=task, step=task.steps[0])
    interrupts = Interrupts()
    status = 0
    try:
        if attempt.interrupts:
            interrupts.listen()
        memory = TaskMemory(attempt.task.steps)
        attempt, outcome = _run_steps(attempt, ready.late, reports, interrupts, log, memory)
        status = _tell(attempt, outcome, reports, interrupts)
    except StepInterrupted:
        # Nobody asks what it made: the host knows that it was told to end.
        pass
    except SystemExit as error:
        # The op asked for the end of the process, and gets it: without a report.
        status = exit_status(error)
    if not interrupts.were_raised:
        tell_what_keeps(reports.send)
    _end(status, attempt.files, interrupts)


def _end(status: int, files: OpenFiles, interrupts: Interrupts) -> NoReturn:
    """End this process: by TERM, unless it chose a status, if its op was told to end."""

    def hear_no_more_and_leave() -> NoReturn:
        while True:
            with contextlib.suppress(StepInterrupted):
                interrupts.end()
                leave(status, files, by=signal.SIGTERM if interrupts.were_raised else None)

    while True:
        # A word that comes now breaks off a thread or a handler that it waits for. It is
        # told once: it ends the second time.
        with contextlib.suppress(StepInterrupted):
            with interrupts.short_wait():
                join_threads()
            run_exit_handlers(hear_no_more_and_leave)


def _run_steps(  # noqa: PLR0913, PLR0917 - all that a process has
    attempt: Attempt,
    late: LateImports,
    reports: Reports,
    interrupts: Interrupts,
    log: AttemptLog,
    memory: TaskMemory,
) -> tuple[Attempt, _Outcome]:
    """Run the task's steps, each once the success of the one before it is in the journal.

    Returns the last, and how it ended, which is not reported yet.
    """
    rest = list(attempt.task.steps)
    attempt = replace(attempt, step=rest.pop(0))
    while True:
        before = used()
        outcome = _outcome(attempt, late, reports, interrupts, memory)
        following = _following(attempt, outcome, rest)
        if following is None or interrupts.were_raised:
            return attempt, outcome
        outcome = replace(outcome, usage=used().since(before))
        try:
            attempt = _go_on(attempt, following, outcome, reports, log)
        except FrameError as error:
            return attempt, _failed(_unspeakable(attempt.step.step_key, error))
        except _LOST:
            # As is said of it once more.
            return attempt, outcome


def _following(attempt: Attempt, outcome: _Outcome, rest: list[TaskStep]) -> TaskStep | None:
    """Return what runs next in this process: the next of the rest, or the same step once more."""
    if isinstance(outcome, AttemptSucceeded):
        return rest.pop(0) if rest else None
    again = next_attempt(attempt.task, attempt.step)
    if again is None or not is_tried_at_once(outcome):
        return None
    limits.limit_memory(attempt.step.limits)
    return again


def _go_on(
    attempt: Attempt, step: TaskStep, outcome: _Outcome, reports: Reports, log: AttemptLog
) -> Attempt:
    """Report how a step ended, and go on with the next one once the journal has it."""
    for stream in (sys.stdout, sys.stderr):
        # What it printed is its own, as far as its host can tell.
        with contextlib.suppress(Exception):
            stream.flush()
    reports.send(outcome, step.step_key)
    if reports.wait_for_go_ahead() is None:
        os._exit(_HOST_GONE)
    logs = log_folder_beside(attempt.logs, step.step_key, step.attempt)
    log.move(logs.log)
    return replace(attempt, logs=logs, step=step)


def _tell(attempt: Attempt, outcome: _Outcome, reports: Reports, interrupts: Interrupts) -> int:
    if interrupts.were_raised and isinstance(outcome, AttemptFailed):
        # A cancelled attempt has no failure to show this in.
        _print_failure(outcome)
    return _report(attempt.step.step_key, outcome, reports)


def end_failed(error: BaseException, reports: Reports) -> NoReturn:
    """Report that our own code failed here, and end this process.

    The op is not to be blamed for it: where nothing can be reported, the exit status says so.
    """
    status = OUR_FAILURE
    try:
        limits.lift_memory(error)
        reports.send(_failed(internal_failure(error)))
        status = 0
    except BaseException:  # noqa: BLE001 - whatever is broken here, this process ends
        with contextlib.suppress(BaseException):
            traceback.print_exception(error)
    finally:
        os._exit(status)


def _report(step_key: str, outcome: _Outcome, reports: Reports) -> int:
    """Report the outcome; return the status to end with."""
    try:
        try:
            reports.send(outcome)
        except FrameError as error:
            reports.send(_failed(_unspeakable(step_key, error)))
    except _LOST:
        # The host, if it is there, says what that means: it reads no more of what it read
        # garbage on. What the op raised is told here, or nowhere.
        if isinstance(outcome, AttemptFailed):
            _print_failure(outcome)
        return CANNOT_REPORT
    return 0


def _print_failure(outcome: AttemptFailed) -> None:
    with contextlib.suppress(OSError, ValueError):
        told = outcome.failure.traceback
        print(told.head if told else outcome.failure.message, file=sys.stderr)


def _outcome(
    attempt: Attempt,
    late: LateImports,
    reports: Reports,
    interrupts: Interrupts,
    memory: TaskMemory,
) -> _Outcome:
    failed, pid = None, os.getpid()
    try:
        INTERPRETER.give()
        try:
            result = run_step(
                attempt.location,
                attempt.step,
                attempt.task,
                store=attempt.store,
                loaded=reports.send,
                memory=memory,
                hooked=partial(_tell_hook, reports),
                told=reports.send,
            )
        finally:
            INTERPRETER.take_back()
    except StepFailedError as error:
        end_forked(pid, error, attempt.files)
        met = limits.lift_memory(error)
        told = step_failure(error, op=attempt.location.step(attempt.step.step_key).op.source)
        told = replace(told, message=told.message + limits.explain(error))
        failure = _named(attempt.step.step_key, told, met)
        failed = _failed(failure, retry=error.retry, no_retry=not error.allow_retries)
        failed = replace(failed, made=error.made) if error.made is not None else failed
    except SystemExit:
        raise
    except StepInterrupted as error:
        end_forked(pid, error, attempt.files)
        if interrupts.were_raised:
            raise
        failed = _failed(_raised_by_itself(attempt.step.step_key, error))
    except BaseException as error:  # noqa: BLE001 - the one place: whatever it is, it is told
        met = limits.lift_memory(error)
        failed = _failed(_named(attempt.step.step_key, internal_failure(error), met))
    if late.changed:
        failed = _failed(_stale(attempt.step.step_key, late.changed))
    if failed is not None:
        return failed
    return result


def _tell_hook(reports: Reports, hook: str, error: StepFailedError | None) -> None:
    reports.send(
        HookCompleted(hook=hook)
        if error is None
        else HookErrored(hook=hook, failure=step_failure(error))
    )


def _failed(
    failure: Failure, *, retry: RetryRequest | None = None, no_retry: bool = False
) -> AttemptFailed:
    return AttemptFailed(failure=failure, pid=os.getpid(), retry=retry, no_retry=no_retry)


def _named(step_key: str, failure: Failure, met: limits.MemoryMet | None) -> Failure:
    return failure if met is None else memory_error(step_key, met, failure)


def _raised_by_itself(step_key: str, error: StepInterrupted) -> Failure:
    failed = StepFailedError(
        FailureWhere.COMPUTE,
        f"Step {step_key!r} raised StepInterrupted, though nobody told it to end. Raise another "
        "exception to fail.",
    )
    failed.__cause__ = error
    return step_failure(failed)


def _stale(step_key: str, changed: list[str]) -> Failure:
    names = ", ".join(sorted(set(changed)))
    return Failure(
        reason=FailureReason.STALE,
        message=f"{step_key} imported {names}, whose file changed after the run was planned: "
        "start a new run.",
    )


def _unspeakable(step_key: str, error: FrameError) -> Failure:
    return Failure(
        reason=FailureReason.USER_ERROR,
        where=FailureWhere.OUTPUT,
        message=f"What {step_key} reports of its outputs is too much to be told: {error}. Say less "
        "in their metadata; what is larger belongs in an asset.",
    )


def _buffer_by_line() -> None:
    """Write printed lines to the file at once: people follow it, processes crash."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(line_buffering=True)
