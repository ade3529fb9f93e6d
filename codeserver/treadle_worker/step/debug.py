"""A step again, by hand: in the foreground, with its recorded inputs, under pdb. Stores nothing."""

from __future__ import annotations

import inspect
import logging
import pdb  # noqa: T100 - what this file is for
import shlex
import sys
import tempfile
from bdb import BdbQuit
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from types import CodeType, FrameType
from typing import Any, TypeAlias

from treadle import _json as json
from treadle._system import os, signal
from treadle.io._files import STORE_NAME, FileStore
from treadle.locations.location import LoadedLocation
from treadle.steps._interrupted import StepInterrupted
from treadle.steps._step_logger import give_step_logger
from treadle.steps.execution import StepFailedError, run_step
from treadle_contract import json_codec
from treadle_contract.event import AssetObserved, ExpectationEvaluated, InputLoaded
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.value import ValueRef
from treadle_contract.worker import AttemptSucceeded, Task, TaskOutput, TaskSource, TaskStep
from treadle_worker.loading.importing import LoadFailedError, load_targets
from treadle_worker.loading.problems import describe
from treadle_worker.loading.targets import parse_target

_FORMAT = "%(levelname)s %(name)s: %(message)s"


_Handler: TypeAlias = Callable[[int, FrameType | None], object] | signal.Handlers


class StopAt(StrEnum):
    """Where pdb takes over."""

    EXCEPTION = "exception"
    """Where the user's code raised, when it did."""
    START = "start"
    """At the first line of the op."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spec:
    """What the command wants run."""

    targets: tuple[dict[str, str], ...]
    working_directory: str
    values_root: str
    stop_at: StopAt
    task: Task


class _ThrowAwayStore(FileStore):
    """Reads the values of a home; what is written goes elsewhere."""

    def __init__(self, values_root: str, elsewhere: str) -> None:
        super().__init__(values_root)
        self._elsewhere = FileStore(elsewhere)

    def write_value(self, key: str, value: object) -> ValueRef:
        """Store the value elsewhere."""
        return self._elsewhere.write_value(key, value)


def main(fd: int) -> int:
    """Run the step that the descriptor describes; the exit status is 1 when it fails."""
    spec = _read(fd)
    os.chdir(spec.working_directory)
    _say("Importing the code.")
    try:
        location = load_targets(
            [parse_target(target) for target in spec.targets], spec.working_directory
        )
    except LoadFailedError as error:
        _say(error.problem.text)
        return 1
    step = spec.task.steps[0]
    try:
        location.step(step.step_key)
    except KeyError:
        _say(f"The code has no step {step.step_key} any more.")
        return 1
    if location.snapshot.digest != spec.task.digest:
        _say(
            "What the code defines is not what ran: a file changed since, or it defines something"
            " else at each import. That is fine, if it is what you want."
        )
    gone = tuple(_gone_inputs(step, FileStore(spec.values_root)))
    if gone:
        _say("\n".join(gone))
        again = f"treadle runs rerun {spec.task.run_id} --steps {shlex.quote(step.step_key)}"
        _say(f"Rerun the run first, which makes it again, then debug that run: {again}")
        return 1
    _log_to_stderr()
    _say(
        f"Step {step.step_key} of run {spec.task.run_id}, as in attempt {step.attempt}, with"
        " its recorded inputs. Nothing it makes is kept; what it does elsewhere, it does."
    )
    with tempfile.TemporaryDirectory(prefix="treadle-debug-") as elsewhere:
        return _debug(location, spec, _ThrowAwayStore(spec.values_root, elsewhere))


def _debug(location: LoadedLocation, spec: _Spec, store: FileStore) -> int:
    step = spec.task.steps[0]
    code = _code_of(location.step(step.step_key).op.fn)
    try:
        with _stopping(code if spec.stop_at is StopAt.START else None), _hearing():
            result = run_step(
                location,
                _throw_away(step),
                spec.task,
                store=store,
                loaded=_tell_input,
                hooked=_tell_hook,
                told=_tell_fact,
            )
    except StepFailedError as error:
        return _failed(error, spec.stop_at)
    except StepInterrupted as error:
        _say(describe(error).text)
        _say("The step was interrupted.")
        return _looked_at(error, spec.stop_at)
    _tell_result(step, result)
    return 0


def _gone_inputs(step: TaskStep, store: FileStore) -> Iterator[str]:
    """Say which recorded inputs are on the disk no more; what an IO manager keeps, it knows."""
    for taken in step.inputs:
        for source in taken.sources:
            ref = source.value_ref
            if taken.not_needed or ref is None or ref.store != STORE_NAME:
                continue
            if not store.path_of(ref.key).exists():
                what = _source_text(source)
                yield f"The input {taken.name} cannot be loaded: the value of {what} was removed."


def _failed(error: StepFailedError, stop_at: StopAt) -> int:
    cause = error.__cause__
    if isinstance(cause, BdbQuit):
        _say("Left.")
        return 1
    if cause is not None:
        _say(describe(cause).text)
    _say(f"The step failed ({error.where}): {error.message}")
    return _looked_at(cause, stop_at)


def _looked_at(error: BaseException | None, stop_at: StopAt) -> int:
    if error is not None and error.__traceback__ is not None and stop_at is StopAt.EXCEPTION:
        _say("pdb: `bt` shows where, `u` and `d` move, `q` leaves.")
        pdb.post_mortem(error.__traceback__)
    return 1


@contextmanager
def _hearing() -> Iterator[None]:
    """Interrupt the op on Ctrl-C, and on TERM unless it handles that, as a cancel does."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise StepInterrupted

    before: dict[signal.Signals, _Handler] = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGTERM: signal.SIG_DFL,
    }
    ours = [number for number, handler in before.items() if signal.getsignal(number) is handler]
    for number in ours:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number in ours:
            if signal.getsignal(number) is interrupt:
                signal.signal(number, before[number])


@contextmanager
def _stopping(code: CodeType | None) -> Iterator[None]:
    """Let pdb take over when this code is first entered; None: never."""
    if code is None:
        yield
        return

    def watch(frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        if event != "call" or frame.f_code is not code:
            return None
        debugger = pdb.Pdb()
        debugger.set_trace(frame)
        return debugger.trace_dispatch

    sys.settrace(watch)
    try:
        yield
    finally:
        sys.settrace(None)


def _code_of(function: object) -> CodeType | None:
    """Return the code of the user's own function, below what decorators put around it."""
    inner = inspect.unwrap(function) if callable(function) else function
    return getattr(inner, "__code__", None)


def _throw_away(step: TaskStep) -> TaskStep:
    """Return the step with every value stored by the file manager: no IO manager is called."""
    return replace(step, outputs=tuple(_thrown_away(output) for output in step.outputs))


def _thrown_away(output: TaskOutput) -> TaskOutput:
    if output.nothing:
        return output
    return replace(
        output,
        value_key=output.value_key or (f"{output.name}/value" if output.store_intermediate else ""),
        assets=tuple(
            replace(asset, value_key=asset.value_key or f"{output.name}/{number}")
            for number, asset in enumerate(output.assets)
        ),
    )


def _read(fd: int) -> _Spec:
    with os.fdopen(fd, "rb") as stream:
        content = json.loads(stream.read())
    return _Spec(
        targets=tuple(content["targets"]),
        working_directory=content["workingDirectory"],
        values_root=content["valuesRoot"],
        stop_at=StopAt(content["stopAt"]),
        task=json_codec.decode(Task, content["task"]),
    )


def _log_to_stderr() -> None:
    """Show records as an attempt's log has them, whatever the op does to logging."""
    own, others = logging.StreamHandler(), logging.StreamHandler()
    logging.basicConfig(format=_FORMAT, level=logging.INFO, handlers=[others])
    own.setFormatter(logging.Formatter(_FORMAT))
    give_step_logger(own, others)


def _tell_input(loaded: InputLoaded) -> None:
    if not loaded.not_needed:
        made = loaded.asset_key or f"{loaded.from_step_key}:{loaded.from_output}"
        _say(f"Loaded {loaded.input} from {made}{_made_by(loaded.from_run_id)}.")


def _tell_fact(fact: AssetObserved | ExpectationEvaluated) -> None:
    if isinstance(fact, AssetObserved):
        _say(f"The op {'says it made' if fact.materialized else 'observed'} {fact.asset_key}.")
    else:
        _say(f"Expectation {fact.label} {'holds' if fact.success else 'does not hold'}.")


def _tell_hook(hook: str, error: StepFailedError | None) -> None:
    _say(f"Hook {hook} ran." if error is None else str(error))


def _source_text(source: TaskSource) -> str:
    made = source.asset_key or f"{source.step_key}:{source.output}"
    return f"{made}{_made_by(source.run_id)}"


def _made_by(run_id: str) -> str:
    return f" of run {run_id}" if run_id else ""


def _tell_result(step: TaskStep, result: AttemptSucceeded) -> None:
    made = ", ".join(result.yielded_outputs) or "nothing"
    _say(f"Step {step.step_key} succeeded: it yielded {made}, which is thrown away.")


def _say(words: str) -> None:
    sys.stdout.flush()
    print("".join(map(_visible, words)), file=sys.stderr, flush=True)


def _visible(character: str) -> str:
    """Show what would move the terminal's cursor or turn its text, as the command does."""
    if character.isprintable() or character in "\n\t\N{NO-BREAK SPACE}\u200c\u200d":
        return character
    return character.encode("unicode_escape").decode()
