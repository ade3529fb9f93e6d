"""Local services for the length of a with block: a code server and a launcher of one's own."""

from __future__ import annotations

import importlib
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final, TypeVar

from treadle_access.folders import SocketFolderError, socket_folder
from treadle_client._arguments import (
    WrongArgument,
    choice,
    number,
    path_or_none,
    paths,
    texts_in,
    whole_or_none,
)
from treadle_client._errors import HomeInUseError, LoadError, StartError
from treadle_client._messages import LocationState
from treadle_client.services._durability import Durability
from treadle_client.services._home import clear_killed_launcher, find_launcher
from treadle_client.services._lifeline import Lifeline, Service
from treadle_client.services._start_choices import ImportScope, StartWith
from treadle_client.services._with_block import for_with
from treadle_contract.lazy_dataclasses import dataclass

if TYPE_CHECKING:
    from treadle_client._client import Client

E = TypeVar("E", bound=StrEnum)

#: How long a service may take to start, its loads apart, in seconds.
START_SECONDS = 30.0
#: How long the import of one target may take, in seconds: the code server's own default.
IMPORT_SECONDS = 60.0


class Purpose(StrEnum):
    """What a launcher is started for; the values are words of its command line."""

    #: Everything.
    RUN = "run"
    #: Reading the home, and removing values from it.
    SWEEP = "sweep"
    #: Reading the home, also beside a launcher that runs on it.
    READ = "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What a code server is to load, and how it is run. None: the services' own default."""

    files: tuple[Path, ...] = ()
    modules: tuple[str, ...] = ()
    python: str | None = None
    working_directory: Path | None = None
    name: str | None = None
    import_timeout: float | None = None
    import_scope: ImportScope | None = None
    start_method: StartWith | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is named."""
        return not self.files and not self.modules

    def load_seconds(self) -> float:
        """Return how long loading may take at most."""
        per_target = IMPORT_SECONDS if self.import_timeout is None else self.import_timeout
        return per_target * (len(self.files) + len(self.modules))

    def arguments(self) -> list[str]:
        """Return the code server's command line.

        Raises:
            StartError: a file or the working directory does not exist.
        """
        arguments = []
        for file in self.files:
            if not file.is_file():
                raise StartError(_no_file(file), usage=True)
            arguments += ["--file", str(file.absolute())]
        for module in self.modules:
            if not all(map(str.isidentifier, module.split("."))) or self._is_file(module):
                raise StartError(_no_module(module), usage=True)
            arguments += ["--module", module]
        if self.working_directory is not None:
            if not self.working_directory.is_dir():
                raise StartError(f"There is no folder {self.working_directory}.", usage=True)
            arguments += ["--working-directory", str(self.working_directory.absolute())]
        if self.python is not None:
            arguments += ["--python", self.python]
        if self.name is not None:
            arguments += ["--name", self.name]
        if self.import_timeout is not None:
            arguments += ["--import-timeout", f"{self.import_timeout:g}"]
        if self.import_scope is not None:
            arguments += ["--import", self.import_scope.value]
        return arguments

    def _is_file(self, module: str) -> bool:
        """Whether a module's name, such as "shop.py", is that of a file where modules are looked for."""
        return (
            module.endswith(".py") and (self.working_directory or Path()).joinpath(module).is_file()
        )

    def launcher_arguments(self) -> list[str]:
        """Return what of it a launcher is told."""
        return [] if self.start_method is None else ["--start-method", self.start_method.value]


def _no_file(file: Path) -> str:
    if file.is_dir():
        module = ".".join(file.parts) if (file / "__init__.py").is_file() else ""
        package = f", or the package as a module: -m {module}" if module else ""
        return f"{file} is a folder. Name a file in it{package}."
    dotted = Path(*str(file).split(".")).with_suffix(".py")
    meant = [str(dotted)] if dotted.is_file() else _like(file)
    hint = f" Did you mean {' or '.join(meant)}?" if meant else ""
    return f"There is no file {file}.{hint}"


def _like(file: Path) -> list[str]:
    """Return which of the folder's Python files has a name like this one's."""
    from difflib import get_close_matches  # noqa: PLC0415 -- not what a start waits for

    with suppress(OSError):
        names = [each.stem for each in file.parent.iterdir() if each.suffix == ".py"]
        near = get_close_matches(file.stem, sorted(names), n=1)
        return [str(file.parent / f"{name}.py") for name in near]
    return []


def _no_module(module: str) -> str:
    file = Path(module)
    if file.suffix == ".py" or file.exists():
        dotted = ".".join(file.with_suffix("").parts)
        return f"{module!r} is a file: -f {module}, or as a module -m {dotted}."
    return f"{module!r} is not a module's name: give one such as shop.assets."


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalServices:
    """The processes and addresses of running local services. `code_server` None: none was asked for."""

    home: Path
    launcher: Service
    launcher_address: str
    code_server: Service | None
    code_server_address: str


@contextmanager
def local_services(
    code: Code,
    home: Path,
    *,
    launcher_arguments: Sequence[str] = (),
    show_stderr: bool = False,
    purpose: Purpose = Purpose.RUN,
) -> Iterator[LocalServices]:
    """Start a code server, unless there is no code, and a launcher; end both when left.

    They start side by side: the launcher waits for the code server that it was given.

    Raises:
        HomeInUseError: a launcher runs on the home already, and not only reading is wanted.
        StartError: one of them did not start; the message ends with its stderr.
    """
    home = home.absolute()
    arguments = [
        *code.launcher_arguments(),
        *launcher_arguments,
        "--home",
        str(home),
        "--purpose",
        purpose.value,
    ]
    if purpose is Purpose.READ:
        arguments += ["--bind", _new_address("reader")]
    elif (running := find_launcher(home)) is not None:
        raise HomeInUseError(str(home), pid=running.pid, address=running.address)
    with Lifeline(show_stderr=show_stderr) as lifeline:
        code_server, code_address = None, ""
        if not code.is_empty:
            code_address = _new_address("codeserver")
            code_server = lifeline.start(
                "code server", "treadle_codeserver", [*code.arguments(), "--bind", code_address]
            )
            arguments += ["--location", code_address]
        launcher = lifeline.start("launcher", "treadle_launcher", arguments)
        lifeline.afterwards(partial(clear_killed_launcher, home, launcher.pid))
        # gRPC and all that speaks with them is imported while they start.
        importlib.import_module("treadle_client._client")
        if code_server is not None:
            code_server.wait_ready(START_SECONDS + code.load_seconds())
        yield LocalServices(
            home=home,
            launcher=launcher,
            launcher_address=launcher.wait_ready(START_SECONDS),
            code_server=code_server,
            code_server_address=code_address,
        )


def _new_address(service: str) -> str:
    """Name a Unix socket that nobody else uses. The folder is made, the socket is not."""
    try:
        return f"unix:{socket_folder()}/{secrets.token_hex(6)}-{service}.sock"
    except SocketFolderError as error:
        raise StartError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error


@contextmanager
def connected(services: LocalServices) -> Iterator[Client]:
    """Connect to local services whose code must have loaded.

    Raises:
        LoadError: it has not; the message says how each target ended.
    """
    from treadle_client._client import CONNECT_SECONDS, Client  # noqa: PLC0415 -- see local_services
    from treadle_client.calls._rpc import LauncherRpc  # noqa: PLC0415

    rpc = LauncherRpc(services.launcher_address, None)
    # A launcher that ends with us will not come back: watching it has no patience.
    with Client(rpc, patience=0.0) as client:
        rpc.get_launcher(CONNECT_SECONDS)
        for location in client.locations():
            if location.state is LocationState.FAILED:
                raise LoadError(location)
        yield client


@for_with("treadle_client.local")
@contextmanager
def local(  # noqa: PLR0913 - each is one flag of the services behind it
    *targets: str | os.PathLike[str],
    modules: Sequence[str] = (),
    home: str | os.PathLike[str] | None = None,
    python: str | os.PathLike[str] | None = None,
    working_directory: str | os.PathLike[str] | None = None,
    name: str | None = None,
    import_timeout: float | None = None,
    max_steps: int | None = None,
    max_runs: int | None = None,
    durability: Durability | str | None = None,
    forget_values: bool = False,
    keep_versions: int | None = None,
    start_method: StartWith | str | None = None,
    import_scope: ImportScope | str | None = None,
) -> Iterator[Client]:
    """Serve files and modules of assets for the length of a with block, and connect to them.

    A code server and a launcher run as child processes. Leaving the block cancels what runs
    and returns when no process is left; they end as well when this process is killed.

    `targets` are files, `modules` dotted names. `home` is the launcher's folder, which keeps
    runs and values; without it a temporary one, removed at the end. `python` is the interpreter
    that runs the assets' code, and `working_directory` where it runs; both are this process's by
    default. `name` names the location. `import_timeout` is in seconds, for each target.
    `start_method` "fork" or "spawn" says how step processes start, whatever the code left when it
    was imported; by default ("auto") that decides. `import_scope` "per-run" has every run import
    the code anew; by default ("per-load") that is done once until it is loaded anew.
    `durability` "power" has what is reported as done survive a power cut. `forget_values` goes on
    with a database that is older than the home's values, and removes what it does not know.
    `keep_versions` is how many versions of an asset stay that does not say so itself; without it
    $TREADLE_KEEP_VERSIONS, else 3.

    Raises:
        StartError: they did not start; LoadError: the code could not be loaded; HomeInUseError:
            a launcher runs on the home already.
    """
    refuse_while_imported()
    paths(targets, name="local")
    if import_timeout is not None:
        number(import_timeout, name="import_timeout", give="the seconds that an import may take")
    directory = path_or_none(working_directory, name="working_directory")
    code = Code(
        files=tuple(Path(target) for target in targets),
        modules=texts_in(modules, name="modules"),
        python=path_or_none(python, name="python"),
        working_directory=None if directory is None else Path(directory),
        name=name,
        import_timeout=import_timeout,
        import_scope=_chosen(ImportScope, import_scope, "import_scope"),
        start_method=_chosen(StartWith, start_method, "start_method"),
    )
    if code.is_empty:
        raise StartError("Nothing to load: name a file, or modules=[…].", usage=True)
    home = path_or_none(home, name="home")
    arguments = _flag("--max-steps", max_steps) + _flag("--max-runs", max_runs)
    arguments += forgetting(forget_values)
    arguments += _flag("--keep-versions", _versions(keep_versions))
    if durability is not None:
        arguments += ["--durability", choice(Durability, durability, name="durability").value]
    with ExitStack() as stack:
        if home is None:
            temporary = tempfile.TemporaryDirectory(
                prefix="treadle-home-", ignore_cleanup_errors=True
            )
            home = stack.enter_context(temporary)
        services = stack.enter_context(
            local_services(code, Path(home), launcher_arguments=arguments)
        )
        yield stack.enter_context(connected(services))


def forgetting(forget_values: bool) -> list[str]:
    """Return how a launcher is told to forget what its database does not know."""
    return ["--forget-values"] if forget_values else []


def _chosen(kind: type[E], value: E | str | None, name: str) -> E | None:
    return None if value is None else choice(kind, value, name=name)


def _versions(keep_versions: int | None) -> int | None:
    give = "how many versions of an asset are to stay, 1 or more"
    whole = whole_or_none(keep_versions, name="keep_versions", give=give)
    if keep_versions is not None and whole < 1:
        raise WrongArgument(f"keep_versions is {whole}; give {give}.")
    return keep_versions


def _flag(flag: str, value: int | None) -> list[str]:
    return [] if value is None else [flag, str(value)]


#: The module that imports a location's targets. The SDK imports nothing of it.
_IMPORTS_TARGETS: Final = "treadle_worker.loading.importing"


class CalledInImportError(StartError):
    """A file serves itself at import. Its words and its line say all: the worker tells no more."""

    def __init__(self) -> None:
        super().__init__(
            "local() was called while its own file is imported to find the assets in it."
            " Put the call under: if __name__ == '__main__':",
            usage=True,
        )


def refuse_while_imported() -> None:
    """Refuse to start services while a process of a code server's imports the caller's file.

    Each would import the file again, which would start services, and so on without an end.

    Raises:
        StartError: that is so.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__") == _IMPORTS_TARGETS:
            raise CalledInImportError
        frame = frame.f_back
