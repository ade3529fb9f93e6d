"""A step process that was not forked: a fresh interpreter that imports the code itself."""

from __future__ import annotations

from typing import NoReturn

from treadle._system import faulthandler, open_file, os, pickle
from treadle.io._files import FileStore
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.run import Failure
from treadle_contract.worker import AttemptFailed, Task
from treadle_worker.attempts.evidence import memory_error
from treadle_worker.host.host_spec import HostSpec
from treadle_worker.host.planned_code import OtherCode, compared
from treadle_worker.loading.importing import LoadFailedError, load_targets
from treadle_worker.loading.problems import Problem, describe
from treadle_worker.loading.targets import parse_target
from treadle_worker.step import interrupts, limits, step
from treadle_worker.step.capture import LogFolder
from treadle_worker.step.failures import import_failure
from treadle_worker.step.process_exit import end_process
from treadle_worker.step.reports import CANNOT_REPORT, Reports, ReportsLostError
from treadle_worker.system import stacks


@dataclass(frozen=True, slots=True, kw_only=True)
class SpawnedAttempt:
    """What the host gives the interpreter: one process of ours to another, hence pickled."""

    host: HostSpec
    parent: int
    task: Task
    logs: LogFolder
    report_fd: int


def main(fd: int) -> int:
    """Run the attempt that the descriptor describes, and end the process."""
    with open_file(fd, "rb") as stream:
        spawned: SpawnedAttempt = pickle.load(stream)
    reports = Reports(spawned.report_fd)
    try:
        _run(spawned, reports)
    except ReportsLostError:
        # The code closed it while it was imported.
        end_process(CANNOT_REPORT)
    except BaseException as error:  # noqa: BLE001 - what is left to raise here is ours
        step.end_failed(error, reports)


def _run(spawned: SpawnedAttempt, reports: Reports) -> NoReturn:
    step.detach(spawned.parent)
    step.restrict(spawned.task.steps[0], reports)
    os.chdir(spawned.host.working_directory)
    try:
        targets = [parse_target(target) for target in spawned.host.targets]
        location = load_targets(targets, spawned.host.working_directory)
    except LoadFailedError as error:
        _fail(reports, _import_failure(spawned, error.problem))
    except MemoryError as error:
        # There was none left to say so.
        _fail(reports, _import_failure(spawned, describe(error)))
    # The import may have disabled it.
    faulthandler.enable(2, all_threads=True)
    if not stacks.is_caught(os.getpid()):
        stacks.show_on_signal(2)
    code = compared(spawned.host, location)
    if isinstance(code, OtherCode):
        _fail(reports, code.failure)
    step.announce(reports)
    step.run_attempt(
        step.make_ready(code.location),
        step.Attempt(
            location=code.location,
            task=spawned.task,
            step=spawned.task.steps[0],
            store=FileStore(spawned.host.values_root, spawned.host.durability),
            logs=spawned.logs,
            interrupts=interrupts.are_free(os.getpid()),
        ),
        reports,
    )


def _import_failure(spawned: SpawnedAttempt, problem: Problem) -> Failure:
    """Say why the import failed: memory, if that was met, which a limit of it then counts."""
    met = limits.lift_memory(problem.error) if problem.error else None
    failure = import_failure(problem)
    if met is None:
        return failure
    step_key = spawned.task.steps[0].step_key
    return memory_error(step_key, met, failure, " while it imported the code")


def _fail(reports: Reports, failure: Failure) -> NoReturn:
    reports.send(AttemptFailed(failure=failure, pid=os.getpid()))
    end_process(0)
