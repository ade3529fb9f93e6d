"""The loader: a process that imports the targets, sends the snapshot to the code server, ends.

It never outlives the code server: the kernel kills its process group when the server's end of
the alive pipe closes, also while an import hangs. No thread or timer of ours is needed for it.
"""

from __future__ import annotations

from treadle import _json as json
from treadle._system import faulthandler, fcntl, gc, open_file, os, signal, struct
from treadle.locations import canonical, tables
from treadle.locations.canonical import Json
from treadle.reach._steps import reach_of
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_worker.host.host_output import keep_output, note
from treadle_worker.loading import given_resources, left_open
from treadle_worker.loading.generators import generator_states
from treadle_worker.loading.importing import (
    DefinitionsPacked,
    FilesRead,
    LoadFailedError,
    ModuleEnded,
    ModuleEvent,
    ModuleStarted,
    load_targets,
)
from treadle_worker.loading.problems import Problem
from treadle_worker.loading.targets import Target, parse_target
from treadle_worker.step.process_exit import end_import
from treadle_worker.system.kept_descriptor import CLOSED, KeptDescriptor, out_of_the_way


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSpec:
    """What the code server asks for. `report_fd` takes frames; `alive_fd` closes with it.

    With `questions`, the answers of the user's functions are told, and no definitions.
    """

    targets: tuple[Target, ...]
    working_directory: str
    report_fd: int
    alive_fd: int
    questions: tuple[Json, ...] = ()


def main(fd: int) -> int:
    """Load what the spec on the descriptor says and end the process, whatever the user left.

    What they registered to be run at the end runs, once all is told.
    """
    spec = _read_spec(fd)
    _die_with(spec.alive_fd)
    # A crash, and the abort that ends an import that hangs, say where it was.
    faulthandler.enable(keep_output(), all_threads=False)
    reports = _Reports(spec.report_fd)
    before = left_open.before()
    try:
        told = None if spec.questions else reports.module
        location = load_targets(spec.targets, spec.working_directory, told)
    except LoadFailedError as error:
        reports.send({"failed": _problem(error.problem)})
    else:
        if spec.questions:
            from treadle_worker.loading.asked import answers  # noqa: PLC0415 -- few are asked

            reports.send(answers(location, spec.questions))
            end_import(0, writes=False)
        # There is little left to do, and most of the heap stays to the end.
        gc.disable()
        # The definitions are told.
        sealed = replace(
            location.snapshot,
            generator_states=generator_states(),
            reach=reach_of(location),
            warnings=(
                *location.snapshot.warnings,
                *given_resources.warnings(before, location.resources, location.job_resources),
            ),
        )
        snapshot = tables.without_definitions(sealed)
        reports.send({"snapshot": canonical.to_json(snapshot)})
    end_import(0, writes=False)


class _Reports:
    """The frames to the code server, written by this process only."""

    def __init__(self, fd: int) -> None:
        self._pipe = KeptDescriptor(fd)
        self._pid = os.getpid()

    def module(self, event: ModuleEvent) -> None:
        """Report the start or end of a target's import, or what all of them read."""
        match event:
            case ModuleStarted(index=index):
                self.send({"moduleStarted": {"index": index}})
            case ModuleEnded():
                described = {
                    "index": event.index,
                    "state": event.state.value,
                    "durationUs": event.duration_us,
                }
                self.send({"moduleEnded": {**described, **_problem(event.problem)}})
            case FilesRead(files=files):
                self.send({"filesRead": canonical.to_json(files)})
            case DefinitionsPacked(packed=packed):
                self._write(f'{{"definitions":{tables.written(packed)}}}'.encode("ascii"))

    def send(self, message: Json) -> None:
        """Write one frame, whole."""
        self._write(canonical.dumps(message))

    def _write(self, body: bytes) -> None:
        if os.getpid() != self._pid:
            # A module forked and let its child run on into our code.
            os._exit(0)
        if not self._pipe.is_there():
            note(CLOSED)
            os._exit(1)
        data = memoryview(struct.pack(">I", len(body)) + body)
        while data:
            data = data[os.write(self._pipe.fd, data) :]


def _problem(problem: Problem | None) -> dict[str, Json]:
    if problem is None:
        return {"problem": "", "file": "", "line": 0}
    place = problem.source
    return {
        "problem": problem.text,
        "file": place.file if place else "",
        "line": place.line if place else 0,
    }


def _read_spec(fd: int) -> LoadSpec:
    with open_file(fd, "rb") as stream:
        spec = json.loads(stream.read())
    return LoadSpec(
        targets=tuple(parse_target(target) for target in spec["targets"]),
        working_directory=spec["working_directory"],
        report_fd=spec["report_fd"],
        alive_fd=spec["alive_fd"],
        questions=tuple(spec.get("questions", ())),
    )


def _die_with(alive_fd: int) -> None:
    """Ask the kernel to kill this process group once nobody holds the pipe's other end."""
    alive_fd = out_of_the_way(alive_fd)
    fcntl.fcntl(alive_fd, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(alive_fd, fcntl.F_SETOWN, -os.getpgrp())
    flags = fcntl.fcntl(alive_fd, fcntl.F_GETFL)
    fcntl.fcntl(alive_fd, fcntl.F_SETFL, flags | os.O_ASYNC)
    os.set_blocking(alive_fd, False)
    try:
        if not os.read(alive_fd, 1):
            os._exit(1)
    except BlockingIOError:
        pass
