"""How far a load is: the loader's frames in, module reports and a snapshot out. Does nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from treadle.locations import canonical, tables
from treadle.locations.canonical import Json
from treadle.locations.snapshot import Snapshot, SourceLine
from treadle_codeserver.loader_output import cleaned, last_user_line
from treadle_codeserver.source_files import SourceFile
from treadle_contract.graph import ModuleReport, ModuleState
from treadle_contract.lazy_dataclasses import dataclass, field, replace
from treadle_contract.message import shown
from treadle_contract.value import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOutcome:
    """How a load ended: one report a target, in target order. Without a snapshot it failed.

    `files` are the user's source files, as they were read, by module name.
    """

    modules: tuple[ModuleReport, ...]
    snapshot: Snapshot | None = None
    files: Mapping[str, SourceFile] = field(default_factory=dict)


# What the contract's fields for them hold.
_MOST_LINES: Final = 2**31 - 1
_MOST_US: Final = 100 * 365 * 24 * 60 * 60 * 1_000_000


class FrameError(ValueError):
    """The loader sent what no loader sends: it is not ours, or it is broken."""


class LoadProgress:
    """The state of one load. Fed with frames, then asked once for the outcome."""

    def __init__(self, targets: Sequence[str]) -> None:
        self._reports = [
            ModuleReport(target=target, state=ModuleState.NOT_REACHED) for target in targets
        ]
        self._current: int | None = None
        # Any: by part of the snapshot.
        self._definitions: dict[str, Any] = {}
        self._snapshot: Snapshot | None = None
        self._files: dict[str, SourceFile] = {}
        self._is_complete = False

    def take(self, frame: Mapping[str, Json]) -> None:
        """Take the loader's next frame.

        Raises:
            FrameError: it is not a frame of the loader protocol.
        """
        try:
            ((kind, body),) = frame.items()
            match kind:
                case "moduleStarted":
                    self._current = self._index(_object(body))
                case "moduleEnded":
                    self._ended(_object(body))
                case "filesRead":
                    self._files = {
                        name: canonical.from_json(SourceFile, file)
                        for name, file in _object(body).items()
                    }
                case "failed":
                    self._failed(_object(body))
                case "definitions":
                    self._definitions = tables.unpack(body)
                case "snapshot":
                    sealed = canonical.from_json(Snapshot, body)
                    self._snapshot = replace(sealed, **self._definitions)
                    self._is_complete = True
                case _:
                    raise FrameError(f"unknown frame {kind!r}")
        except FrameError:
            raise
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise FrameError(f"broken frame: {error}") from error

    def outcome(self) -> LoadOutcome:
        """Return what the frames said. To be asked when the loader ended by itself."""
        return LoadOutcome(modules=tuple(self._reports), snapshot=self._snapshot, files=self._files)

    @property
    def is_complete(self) -> bool:
        """Whether the last frame, a snapshot or a failure, has come."""
        return self._is_complete

    def exited(self, *, how: str, output: str) -> LoadOutcome:
        """Return the outcome of a loader that ended before it said the end.

        `how` says how it ended, `output` is the end of what it wrote.
        """
        text = f"{how} while this was loaded."
        return self._stopped(ModuleState.EXITED, text, output, duration=timedelta())

    def hung(self, *, seconds: float, output: str) -> LoadOutcome:
        """Return the outcome of a loader that was killed after it was silent for so long."""
        text = f"The import did not end within {seconds:g} s and was killed."
        return self._stopped(ModuleState.HUNG, text, output, duration=timedelta(seconds=seconds))

    def _stopped(
        self, state: ModuleState, text: str, output: str, *, duration: timedelta
    ) -> LoadOutcome:
        shown = cleaned(output)
        problem = f"{text} The end of its output:\n{shown}" if shown else text
        index = self._blamed_index()
        reports = list(self._reports)
        reports[index] = ModuleReport(
            target=reports[index].target,
            state=state,
            problem=Text(head=problem),
            source=last_user_line(output),
            duration=duration or reports[index].duration,
        )
        return LoadOutcome(modules=tuple(reports))

    def _blamed_index(self) -> int:
        """Return the target under way; before the first that one, after the last the last."""
        if self._current is not None:
            return self._current
        reached = [
            index
            for index, report in enumerate(self._reports)
            if report.state is not ModuleState.NOT_REACHED
        ]
        return reached[-1] if reached else 0

    def _ended(self, ended: Mapping[str, Json]) -> None:
        self._current = None
        index = self._index(ended)
        self._reports[index] = ModuleReport(
            target=self._reports[index].target,
            state=_state(ended),
            problem=_problem(ended),
            source=_source(ended),
            duration=timedelta(microseconds=_number(ended["durationUs"], _MOST_US)),
        )

    def _index(self, message: Mapping[str, Json]) -> int:
        """Return of which target a message is."""
        return range(len(self._reports))[_number(message["index"])]

    def _failed(self, problem: Mapping[str, Json]) -> None:
        """Take the end of a load that gave no location.

        When every target was loaded, what failed is joining them: it is told at the target
        that the problem names, else at the last.
        """
        self._is_complete = True
        if any(report.state is not ModuleState.LOADED for report in self._reports):
            return
        source = _source(problem)
        named = [
            index
            for index, report in enumerate(self._reports)
            if source is not None and report.target == source.file
        ]
        index = named[0] if named else len(self._reports) - 1
        self._reports[index] = replace(
            self._reports[index],
            state=ModuleState.RAISED,
            problem=_problem(problem),
            source=source,
        )


def _object(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise TypeError(f"object expected, got {type(value).__name__}")
    return value


def _state(message: Mapping[str, Json]) -> ModuleState:
    state = ModuleState(_text(message["state"]))
    if not state.is_known:
        raise ValueError(f"{state} is no state of a module")
    return state


def _problem(message: Mapping[str, Json]) -> Text | None:
    problem = _text(message["problem"])
    return Text(head=problem) if problem else None


def _source(message: Mapping[str, Json]) -> SourceLine | None:
    file = _text(message["file"])
    return SourceLine(file=file, line=_number(message["line"])) if file else None


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, got {type(value).__name__}")
    # Half of a surrogate pair is told to nobody as it is.
    return value.encode("utf-8", "replace").decode()


def _number(value: Json, most: int = _MOST_LINES) -> int:
    if not isinstance(value, int):
        raise TypeError(f"number expected, got {type(value).__name__}")
    if not 0 <= value <= most:
        raise ValueError(f"0 to {most} expected, got {shown(value)}")
    return value
