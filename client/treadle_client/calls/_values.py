"""Stored values, read in the caller's process: with the code that steps read them with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from treadle_client._arguments import WrongArgument
from treadle_client._errors import NotMadeError, ValueUnreadableError
from treadle_client._messages import Materialization, OutputStored, StepReused, ValueRef
from treadle_contract import value as contract
from treadle_contract.lazy_dataclasses import dataclass

if TYPE_CHECKING:
    from treadle import Definitions
    from treadle_client._run_handle import RunHandle
    from treadle_client.calls._rpc import LauncherRpc

#: What a launcher is asked with that is to say where values lie, in seconds.
_SECONDS = 30.0


#: What has the IO managers of values. As text: who asks for no value imports none of it.
Readers: TypeAlias = "Definitions"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a value is to be read: by whose managers, where Treadle's own did not store it, and as what."""

    definitions: Definitions | None = None
    python_type: object = None


def load_asset(
    rpc: LauncherRpc, key: str, run_id: str, reading: Reading, partition_key: str = ""
) -> Any:
    """Return the value of an asset, or a partition: as the run made it, "": as it was made last.

    Raises:
        NotMadeError: it was not.
        ValueUnreadableError: as `load_materialization`.
    """
    what = f"partition {partition_key!r} of {key!r}" if partition_key else repr(key)
    for made in rpc.list_materializations(key, "", partition_key):
        if run_id in ("", made.run_id):
            if made.partition_key and not partition_key:
                raise NotMadeError(
                    f"{key!r} has partitions, {made.partition_key!r} was made last: say which,"
                    f" partition={made.partition_key!r}."
                )
            return load_materialization(rpc, made, reading)
    raise NotMadeError(f"{f'Run {run_id} has not' if run_id else 'No run has'} made {what}.")


def load_materialization(rpc: LauncherRpc, made: Materialization, reading: Reading) -> Any:
    """Return the value of an asset as one run made it.

    Raises:
        ValueUnreadableError: it is not there, not on this machine, or not for this process to read.
    """
    partition = made.partition_key and f", partition {made.partition_key}"
    what = f"{made.asset_key}{partition} of run {made.run_id}"
    if made.gone:
        raise ValueUnreadableError(f"The value of {what} cannot be read: {made.gone}.")
    if made.value_ref is None and reading.definitions is not None:
        stored: dict[str, Any] = {
            "asset_key": made.asset_key,
            "run_id": made.run_id,
            "step_key": made.step_key,
        }
        if made.partition_key:
            from treadle_contract.worker import TaskPartition  # noqa: PLC0415 -- as in _loaded

            stored["partitions"] = (TaskPartition(partition_key=made.partition_key),)
        return _loaded(reading, what, **stored)
    return _read(rpc, made.value_ref, "", what, reading)


def load_output(
    rpc: LauncherRpc, run: RunHandle, step_key: str, output: str, reading: Reading
) -> Any:
    """Return what a step yielded in a run, or in the run that it was reused from.

    Raises:
        NotMadeError: it yielded nothing of that name.
        ValueUnreadableError: as `load_materialization`.
    """
    stored: OutputStored | None = None
    for event in run.events():
        if isinstance(event, StepReused) and event.step_key == step_key:
            return load_output(rpc, run.of(event.from_run_id), step_key, output, reading)
        if isinstance(event, OutputStored) and (event.step_key, event.output) == (step_key, output):
            stored = event if stored is None or stored.value_ref is None else stored
    if stored is None:
        raise NotMadeError(f"Run {run.run_id} has no output {output!r} of the step {step_key!r}.")
    what = f"{step_key}.{output} of run {run.run_id}"
    manager = stored.io_manager_key
    if stored.value_ref is None and manager and reading.definitions is not None:
        return _loaded(
            reading,
            what,
            asset_key=stored.asset_key,
            run_id=stored.run_id,
            step_key=step_key,
            output=output,
            io_manager_key=manager,
        )
    return _read(rpc, stored.value_ref, manager, what, reading)


def _loaded(reading: Reading, what: str, **stored: Any) -> Any:
    """Return a value that a manager of the user's stored, loaded by it here."""
    from treadle import ArgumentError, TreadleError  # noqa: PLC0415 -- as in _read
    from treadle.io._load_alone import load_alone  # noqa: PLC0415
    from treadle_contract.worker import TaskSource  # noqa: PLC0415

    kind = Any if reading.python_type is None else reading.python_type
    try:
        return load_alone(cast("Definitions", reading.definitions), TaskSource(**stored), kind)
    except ArgumentError as error:
        raise WrongArgument(str(error)) from error
    except (TreadleError, OSError) as error:
        raise ValueUnreadableError(f"The value of {what} cannot be read: {error}") from error


def _read(rpc: LauncherRpc, ref: ValueRef | None, manager: str, what: str, reading: Reading) -> Any:
    if ref is None and manager:
        raise ValueUnreadableError(
            f"The value of {what} was stored by the IO manager {manager!r}, which alone can load it:"
            " give definitions=…, the Definitions that have it, or read it in an asset."
        )
    if ref is None:
        raise ValueUnreadableError(
            f"Treadle stored no value of {what}: an IO manager of its own did, which alone can load it, or"
            " nobody. Give definitions=…, the Definitions that have the manager."
        )
    root = Path(rpc.get_launcher(_SECONDS).values_root or "/nowhere")
    if not root.is_dir():
        raise ValueUnreadableError(
            f"The value of {what} lies in {root} on the launcher's machine, which this one has not."
        )
    # Who asks for no value does not wait for what reads one.
    from treadle import TreadleError  # noqa: PLC0415
    from treadle.io._files import FileStore  # noqa: PLC0415

    named = contract.ValueRef(**{name: getattr(ref, name) for name in contract.ValueRef.__slots__})
    try:
        value = FileStore(root).read_value(named)
        if reading.python_type is not None:
            from treadle.io._load_alone import refuse_other_type  # noqa: PLC0415

            refuse_other_type(value, reading.python_type, what)
        return value
    except (TreadleError, OSError) as error:
        raise ValueUnreadableError(f"The value of {what} cannot be read: {error}") from error
