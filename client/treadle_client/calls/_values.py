"""Stored values, read in the caller's process: with the code that steps read them with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from treadle_client._errors import NotMadeError, ValueUnreadableError
from treadle_client._messages import Materialization, OutputStored, StepReused, ValueRef
from treadle_contract import value as contract

if TYPE_CHECKING:
    from treadle_client._run_handle import RunHandle
    from treadle_client.calls._rpc import LauncherRpc

#: What a launcher is asked with that is to say where values lie, in seconds.
_SECONDS = 30.0


def load_materialization(rpc: LauncherRpc, made: Materialization) -> Any:
    """Return the value of an asset as one run made it.

    Raises:
        ValueUnreadableError: it is not there, not on this machine, or not for this process to read.
    """
    what = f"{made.asset_key} of run {made.run_id}"
    if made.gone:
        raise ValueUnreadableError(f"The value of {what} cannot be read: {made.gone}.")
    return _read(rpc, made.value_ref, "", what)


def load_output(rpc: LauncherRpc, run: RunHandle, step_key: str, output: str) -> Any:
    """Return what a step yielded in a run, or in the run that it was reused from.

    Raises:
        NotMadeError: it yielded nothing of that name.
        ValueUnreadableError: as `load_materialization`.
    """
    stored: OutputStored | None = None
    for event in run.events():
        if isinstance(event, StepReused) and event.step_key == step_key:
            return load_output(rpc, run.of(event.from_run_id), step_key, output)
        if isinstance(event, OutputStored) and (event.step_key, event.output) == (step_key, output):
            stored = event if stored is None or stored.value_ref is None else stored
    if stored is None:
        raise NotMadeError(f"Run {run.run_id} has no output {output!r} of the step {step_key!r}.")
    what = f"{step_key}.{output} of run {run.run_id}"
    return _read(rpc, stored.value_ref, stored.io_manager_key, what)


def _read(rpc: LauncherRpc, ref: ValueRef | None, manager: str, what: str) -> Any:
    if ref is None and manager:
        raise ValueUnreadableError(
            f"The value of {what} was stored by the IO manager {manager!r}, which alone can load it:"
            " read it in an asset."
        )
    if ref is None:
        raise ValueUnreadableError(
            f"Treadle stored no value of {what}: an IO manager of its own did, which alone can load it, or"
            " nobody."
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
        return FileStore(root).read_value(named)
    except (TreadleError, OSError) as error:
        raise ValueUnreadableError(f"The value of {what} cannot be read: {error}") from error
