"""The code that a host holds: the targets imported once, checked, and made ready to be forked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from typing import TypeAlias

from treadle._system import gc
from treadle.locations.location import LoadedLocation
from treadle.ops._signatures import is_async_function
from treadle_contract.event import StartMethod
from treadle_contract.lazy_dataclasses import compile_all, dataclass, replace
from treadle_contract.run import Failure, FailureReason
from treadle_contract.worker import Hello, HostState
from treadle_worker.host.host_spec import HostSpec
from treadle_worker.host.planned_code import OtherCode, PlannedCode, compared
from treadle_worker.loading import fork_safety, held_locks, import_limits, left_open
from treadle_worker.loading.generators import Act, for_copies
from treadle_worker.loading.import_limits import HostLimitError, ImportLimits
from treadle_worker.loading.import_traces import Traces, traced
from treadle_worker.loading.import_watch import Closed, Hang, WatchLimits, watched
from treadle_worker.loading.importing import LoadFailedError, load_targets
from treadle_worker.loading.left_open import Before, OpenFile
from treadle_worker.loading.sources import differences
from treadle_worker.loading.targets import parse_target
from treadle_worker.step.failures import import_failure, whole
from treadle_worker.step.process_exit import OpenFiles, flush_written, open_files
from treadle_worker.system.kept_descriptor import CLOSED

_ASKED_FOR = "the launcher asked for it"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCode:
    """The planned code, and how its steps are started; `reason` says why they are spawned.

    `limits` are those that the import set: they hold in the steps. `read` are files that it left
    open to be read, `generators` draw random numbers: each forked step does so for itself.
    `forced`: they are forked though there is a reason to spawn them.
    `notes` are what a person should know of the import, a sentence each.
    """

    location: LoadedLocation
    start_method: StartMethod
    reason: str
    files: OpenFiles
    forced: bool
    limits: ImportLimits
    read: tuple[OpenFile, ...] = ()
    generators: tuple[Act, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFailed:
    """The targets give no location."""

    failure: Failure


Imported: TypeAlias = HeldCode | ImportFailed | OtherCode


def import_code(
    spec: HostSpec, lifelines: tuple[int, ...], on_end: Callable[[Failure], None]
) -> Imported:
    """Import the targets and check that they are what was planned.

    When the other end of a lifeline is closed during the import, this process is killed.

    When a target takes too long, or closes this process's descriptors, `on_end` is called in
    another process, with what to say of it, and this process is killed.
    """
    targets = [parse_target(target) for target in spec.targets]
    seconds = spec.import_timeout_ms / 1000

    def tell(end: Hang | Closed) -> None:
        target = str(targets[end.target])
        on_end(_hung(target, seconds, end) if isinstance(end, Hang) else _closed(target))

    watching = WatchLimits(
        seconds=seconds,
        lifelines=lifelines,
        printed=spec.output,
        kept=spec.log_limit_bytes,
    )
    before, opened_before = import_limits.read(), left_open.before()
    try:
        with (
            traced() as traces,
            watched(watching, tell) as on_module,
        ):
            location = load_targets(targets, spec.working_directory, on_module)
    except LoadFailedError as error:
        return _not_imported(spec, import_failure(error.problem))
    found = compared(spec, location)
    if isinstance(found, OtherCode):
        return found
    try:
        limits = before.put_back()
    except HostLimitError as error:
        failure = Failure(reason=FailureReason.START_FAILED, message=str(error))
        return ImportFailed(failure=failure)
    return _held(spec, found, limits, _Left(before=opened_before, traces=traces))


def with_state(hello: Hello, imported: Imported | None) -> Hello:
    """Add how far the host is."""
    match imported:
        case HeldCode():
            return replace(
                hello,
                state=HostState.READY,
                digest=imported.location.snapshot.digest,
                start_method=imported.start_method,
                start_method_reason=imported.reason,
                notes=imported.notes,
            )
        case OtherCode():
            return replace(
                hello,
                state=HostState.STALE,
                digest=imported.digest,
                failure=imported.failure,
                changes=imported.changes,
            )
        case ImportFailed():
            return replace(hello, state=HostState.IMPORT_FAILED, failure=imported.failure)
        case None:
            return hello


@dataclass(frozen=True, slots=True, kw_only=True)
class _Left:
    """What there was before the import, and what was seen of it."""

    before: Before
    traces: Traces

    def reason_to_spawn(self, users: Collection[str]) -> str:
        """Say why step processes must not be copies of this one; "" if they may.

        `users` names the user's modules.
        """
        return (
            fork_safety.reason_to_spawn()
            or self.before.reason_not_to_fork(self.traces)
            or held_locks.reason_not_to_fork(sys.modules, users)
        )


def _import_for_ops(location: LoadedLocation) -> None:
    """Import what a step needs to call an op that is `async def`, so that no forked one has to."""
    if any(is_async_function(step.flat.op.fn) for step in location.code.values()):
        import asyncio  # noqa: F401, PLC0415 -- few locations need it


def _held(spec: HostSpec, code: PlannedCode, limits: ImportLimits, left: _Left) -> HeldCode:
    files = open_files()
    cause = left.reason_to_spawn(code.location.snapshot.manifest.files.keys())
    method, reason = _start(spec, cause)
    read: tuple[OpenFile, ...] = ()
    generators: tuple[Act, ...] = ()
    if method is StartMethod.FORK:
        compile_all()
        _import_for_ops(code.location)
        if not cause:
            # Into what is shared, nobody knows how long it takes.
            flush_written(files)
        read = left.before.files_to_open_anew()
        generators = for_copies(spec.generator_states)
    else:
        # Each step imports what locks them.
        left.before.let_go_of_locks(left.traces)
    forced = bool(cause) and method is StartMethod.FORK
    told = (f"Steps are forked, as was asked for, though {cause}.",)
    # What is garbage now would be so in every child. The rest is no longer looked at, and so
    # no longer copied: the collector writes into what it visits.
    gc.collect()
    gc.freeze()
    return HeldCode(
        location=code.location,
        notes=code.notes + (told if forced else ()),
        start_method=method,
        reason=reason,
        files=files,
        forced=forced,
        read=read,
        generators=generators,
        limits=limits,
    )


def _start(spec: HostSpec, cause: str) -> tuple[StartMethod, str]:
    """Return how steps start, and why they are spawned."""
    match spec.start_method:
        case StartMethod.SPAWN:
            return StartMethod.SPAWN, _ASKED_FOR
        case StartMethod.FORK:
            return StartMethod.FORK, ""
        case _:
            return (StartMethod.SPAWN, cause) if cause else (StartMethod.FORK, "")


def _not_imported(spec: HostSpec, failure: Failure) -> ImportFailed | OtherCode:
    """Tell code that is gone, or is being written, from code that cannot be imported here."""
    problem = f"{failure.message}\n{failure.traceback.head if failure.traceback else ''}"
    changes = differences(spec.files, sys.modules, problem)
    if not changes:
        return ImportFailed(failure=failure)
    return OtherCode(digest="", failure=failure, changes=changes)


def _closed(target: str) -> Failure:
    return Failure(reason=FailureReason.START_FAILED, message=f"{target}: {CLOSED}.")


def _hung(target: str, seconds: float, hang: Hang) -> Failure:
    place = f", at {hang.source.file}:{hang.source.line}" if hang.source else ""
    return Failure(
        reason=FailureReason.START_FAILED,
        message=f"{target} was still being imported after {seconds:g} s{place}. "
        "Move what waits out of the module, or raise the import timeout.",
        traceback=whole(hang.dump),
        source=hang.source,
    )
