"""Importing the targets: the one place where the user's modules are run to be defined."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

from treadle import DefinitionError, Definitions
from treadle._system import gc, os, rarely_collected, time
from treadle.locations import tables
from treadle.locations.location import LoadedLocation, build_location, definitions_of
from treadle.locations.snapshot import SourceLine
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_worker.loading import sources
from treadle_worker.loading.fresh_bytecode import forget_fresh_bytecode
from treadle_worker.loading.origins import file_of
from treadle_worker.loading.problems import Problem, TargetError, describe
from treadle_worker.loading.shadowing import foreign_origin, shadowed_modules
from treadle_worker.loading.targets import FileTarget, Target
from treadle_worker.loading.user_settings import INTERPRETER
from treadle_worker.step.forked import end_forked
from treadle_worker.step.process_exit import disown_handlers, end_process


class ImportOutcome(StrEnum):
    """How the import of one target ended."""

    LOADED = "loaded"
    """Imported, and its definitions are valid."""
    RAISED = "raised"
    """The import raised, or a definition in it was refused."""
    EXITED = "exited"
    """The module asked the interpreter to end (`sys.exit`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleStarted:
    """The import of the target at this index begins."""

    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleEnded:
    """The import of the target at this index ended; `problem` is None when it was loaded."""

    index: int
    state: ImportOutcome
    problem: Problem | None
    duration_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesRead:
    """All was imported; these are the user's source files, by module name."""

    files: Mapping[str, sources.SourceFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionsPacked:
    """The definitions of all targets, joined: what is not known yet is what their digest is."""

    packed: tables.Packed


ModuleEvent: TypeAlias = ModuleStarted | ModuleEnded | FilesRead | DefinitionsPacked


class LoadFailedError(Exception):
    """The targets give no location. `problem` is the first that was met."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.text)


def load_targets(
    targets: Sequence[Target],
    working_directory: str,
    on_module: Callable[[ModuleEvent], None] | None = None,
) -> LoadedLocation:
    """Import the targets in order and join their definitions into one sealed location.

    The targets' folders and the working directory are appended to `sys.path`. After a target
    that raised or exited the others are imported all the same, so that one load tells all
    that is wrong.

    Raises:
        LoadFailedError: a target was not loaded, or they cannot be joined.
    """
    collector = _Collector()
    try:
        return _loaded(targets, working_directory, on_module or _tell_nobody, collector)
    finally:
        files = (target.path for target in targets if isinstance(target, FileTarget))
        forget_fresh_bytecode(sys.modules, files)
        collector.give_back()


def _loaded(
    targets: Sequence[Target],
    working_directory: str,
    tell: Callable[[ModuleEvent], None],
    collector: _Collector,
) -> LoadedLocation:
    folders = _append_folders(targets, working_directory)
    loaded: list[tuple[str, Definitions]] = []
    problems: list[Problem] = []
    for index, target in enumerate(targets):
        tell(ModuleStarted(index=index))
        began = time.perf_counter_ns()
        state, result = _load(target, collector)
        if isinstance(result, Problem):
            problems.append(result)
        else:
            loaded.append((str(target), result))
        tell(
            ModuleEnded(
                index=index,
                state=state,
                problem=result if isinstance(result, Problem) else None,
                duration_us=(time.perf_counter_ns() - began) // 1000,
            )
        )
    if problems:
        raise LoadFailedError(problems[0])
    joined = _joined(loaded)
    files = sources.user_files(sys.modules)
    tell(FilesRead(files=files))
    warnings = (*joined.snapshot.warnings, *shadowed_modules(folders))
    location = joined.with_snapshot(replace(joined.snapshot, warnings=warnings))
    packed = tables.pack(location.snapshot)
    tell(DefinitionsPacked(packed=packed))
    return location.sealed(
        packed,
        files={name: file.sha256 for name, file in files.items()},
        distributions=sources.distributions(),
    )


def import_target(target: Target) -> ModuleType:
    """Import one target and return its module.

    Raises:
        TargetError: there is no such file, or its name belongs to another module.
        BaseException: whatever the module raises.
    """
    if isinstance(target, FileTarget):
        return _import_file(target.path)
    return importlib.import_module(target.module)


class _Collector:
    """The garbage collector: as the user has it while their code runs, off while ours does, which
    makes nothing but what stays.
    """

    def __init__(self) -> None:
        self._is_enabled = gc.isenabled()
        gc.disable()

    def give_back(self) -> None:
        """Leave it as the user's code left it."""
        if self._is_enabled:
            gc.enable()

    @contextmanager
    def given(self) -> Iterator[None]:
        """Give it to the user's code in the block, where it looks for garbage at longer intervals."""
        self.give_back()
        try:
            with rarely_collected():
                yield
        finally:
            self._is_enabled = gc.isenabled()
            gc.disable()


def _load(target: Target, collector: _Collector) -> tuple[ImportOutcome, Definitions | Problem]:
    try:
        return ImportOutcome.LOADED, definitions_of(_imported(target, collector))
    except SystemExit as error:
        problem = describe(error)
        text = f"sys.exit was called while it was imported.\n{problem.text}"
        return ImportOutcome.EXITED, replace(problem, text=text)
    except BaseException as error:  # noqa: BLE001 - the user's module may raise anything
        problem = describe(error)
        if isinstance(target, FileTarget):
            problem = _of_file(problem, error, target.path)
        return ImportOutcome.RAISED, problem


def _of_file(problem: Problem, error: BaseException, path: str) -> Problem:
    """Complete what is said of a file by its place, and by its package if it is a part of one."""
    if problem.source is None:
        problem = replace(problem, source=SourceLine(file=path, line=0))
    if not isinstance(error, ImportError) or "no known parent package" not in str(error):
        return problem
    parts = [Path(path).stem]
    folder = Path(path).parent
    while (folder / "__init__.py").is_file() or len(parts) == 1:
        parts.insert(0, folder.name)
        folder = folder.parent
    hint = f"The file is a part of the package {parts[0]!r}: name it as a module, -m {'.'.join(parts)}."
    return replace(problem, text=f"{problem.text}\n{hint}")


def _imported(target: Target, collector: _Collector) -> ModuleType:
    """Import a target with what the targets before it set, and keep that for the step."""
    pid = os.getpid()
    INTERPRETER.give()
    try:
        with collector.given():
            module = import_target(target)
    except BaseException as error:
        INTERPRETER.take_back()
        end_forked(pid, error)
        raise
    INTERPRETER.take_back()
    if os.getpid() != pid:
        # The module forked, and its child runs on out of it.
        disown_handlers()
        end_process(0)
    return module


def _joined(loaded: Sequence[tuple[str, Definitions]]) -> LoadedLocation:
    try:
        return build_location(loaded)
    except DefinitionError as error:
        raise LoadFailedError(describe(error)) from error


def _append_folders(targets: Sequence[Target], working_directory: str) -> tuple[str, ...]:
    """Append the user's folders to the path: behind everything installed, so they hide nothing."""
    files = (os.path.dirname(target.path) for target in targets if isinstance(target, FileTarget))
    folders = tuple(dict.fromkeys([*files, working_directory]))
    sys.path.extend(folder for folder in folders if folder not in sys.path)
    importlib.invalidate_caches()
    return folders


def _import_file(path: str) -> ModuleType:
    name = _module_name(path)
    present = sys.modules.get(name)
    if present is not None:
        return present
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise TargetError(f"{path} is not a Python file.", source=SourceLine(file=path, line=0))
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    # As an import does: a module may put another object in its place.
    return sys.modules[name]


def _module_name(path: str) -> str:
    """Return the file's stem, if an import of it means this file or nothing.

    Values are pickled by the name of their class's module: under a name that another module
    has, they would be read back as something else.
    """
    place = SourceLine(file=path, line=0)
    name = Path(path).stem
    if not Path(path).is_file():
        raise TargetError(f"There is no file {path}.", source=place)
    if "." in name or name.startswith("__"):
        raise TargetError(
            f"{path} cannot be imported as a module named {name!r}: "
            "rename the file, or name its module with -m.",
            source=place,
        )
    other = _other_module(name, path)
    if other is not None:
        raise TargetError(
            f"{path} would be imported as {name!r}, but `import {name}` gives {other}. "
            "Rename the file, or name its module with -m.",
            source=place,
        )
    return name


def _other_module(name: str, path: str) -> str | None:
    present = sys.modules.get(name)
    if present is None:
        return foreign_origin(name, path)
    file = file_of(present)
    if file is not None and os.path.realpath(file) == os.path.realpath(path):
        return None
    return file or "the interpreter's own module"


def _tell_nobody(_: ModuleEvent) -> None:
    return None
