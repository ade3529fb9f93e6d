"""The code that a command serves, imported by the command itself: who reads what it stored needs it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager, nullcontext, redirect_stdout
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from treadle_client._errors import ValueUnreadableError
from treadle_client.services._local import Code

if TYPE_CHECKING:
    from treadle_client.calls._values import Readers


@contextmanager
def definitions_here(code: Code) -> Iterator[Readers]:
    """Import the targets in this process, and give what they define.

    In the block the working directory is the code's, and what the code prints goes to stderr: stdout is the
    command's. Modules are found as the code server finds them, in folders behind everything installed.

    Raises:
        ValueUnreadableError: they cannot be imported here, or another interpreter runs them.
    """
    if code.python is not None:
        raise ValueUnreadableError(
            f"A value is read by the command's own process, and {code.python} runs the code:"
            f" run the command with that interpreter, {code.python} -m treadle_client …, without"
            " --python."
        )
    # Who shows no value waits for none of it.
    from treadle import Definitions  # noqa: PLC0415
    from treadle.locations.location import definitions_of  # noqa: PLC0415

    files = tuple(file.absolute() for file in code.files)
    folder = (code.working_directory or Path()).absolute()
    folders = dict.fromkeys([*(str(file.parent) for file in files), str(folder)])
    sys.path.extend(each for each in folders if each not in sys.path)
    importlib.invalidate_caches()
    with chdir(folder) if code.working_directory else nullcontext(), redirect_stdout(sys.stderr):
        modules = [*map(_of_file, files), *map(_of_name, code.modules)]
        yield Definitions.merge(*map(definitions_of, modules))


def _of_file(file: Path) -> ModuleType:
    """Import a file under its stem: values are pickled by the name of their class's module."""
    name = file.stem
    spec = spec_from_file_location(name, file)
    if name in sys.modules or spec is None or spec.loader is None:
        raise ValueUnreadableError(
            f"{file} cannot be imported by the command as {name!r}: another module of that name is, or it"
            " is no Python file. Rename it, or read the value in Python: client.load(…, definitions=…)."
        )
    module = sys.modules[name] = module_from_spec(spec)
    with _told(str(file)):
        spec.loader.exec_module(module)
    return sys.modules[name]


def _of_name(name: str) -> ModuleType:
    with _told(name):
        return importlib.import_module(name)


@contextmanager
def _told(target: str) -> Iterator[None]:
    try:
        yield
    except (Exception, SystemExit) as error:
        raise ValueUnreadableError(
            f"{target} was served, but the command, which reads the value, could not import it:"
            f" {type(error).__name__}: {error}"
        ) from error
