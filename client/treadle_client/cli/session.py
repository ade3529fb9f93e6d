"""The launcher that a command talks to: a running one, or services of its own while it lasts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from treadle_client._errors import StartError, UnreachableError
from treadle_client.cli.named_run import named_run
from treadle_client.cli.pages.say import say
from treadle_client.services._home import default_home, find_launcher, holds
from treadle_client.services._local import Code, Purpose, connected, forgetting, local_services
from treadle_contract.lazy_dataclasses import dataclass, field, replace

if TYPE_CHECKING:
    from treadle_client._client import Client
    from treadle_client._run_handle import RunHandle

START_ITS_OWN: Final = (
    "Start `treadle launcher` on it, as the one before was started: it takes up the runs that are"
    " not over, and ends those that are cancelled then; `treadle dev` and -f take up none. Or name"
    " one that runs (--launcher ADDRESS)."
)


class Lifetime(StrEnum):
    """How long the launcher of a session lives."""

    #: It is the command's own: what runs is cancelled when the command ends.
    COMMAND = "command"
    #: Somebody else started it: runs go on when the command ends.
    STANDING = "standing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A connection, and how long the launcher at its other end lives."""

    client: Client
    lifetime: Lifetime
    home: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRequest:
    """What a command was told about the launcher to talk to.

    Raises:
        click.UsageError: code is given together with a launcher that would not load it.
    """

    code: Code = field(default_factory=Code)
    launcher: str | None = None
    home: Path | None = None
    token_file: Path | None = None
    forget_values: bool = False

    def __post_init__(self) -> None:
        if self.launcher and not self.code.is_empty:
            raise click.UsageError(
                "-f and -m start services of their own, --launcher talks to a running one: use"
                " one of them."
            )
        if self.code.is_empty and self.code != Code():
            raise click.UsageError("Options of the code need a file (-f) or module (-m) to load.")

    @property
    def home_or_default(self) -> Path:
        """The home that is meant."""
        return (self.home or default_home()).absolute()


@contextmanager
def open_session(wanted: SessionRequest, advice: str = "") -> Iterator[Session]:
    """Start services of our own if there is code to serve, else connect to a running launcher.

    `advice` says which launcher would be of use where none runs, if not any.

    Raises:
        StartError: services of our own did not start, or not with this code.
        UnreachableError: no launcher is named and none runs on the home, or it does not answer.
    """
    if not wanted.code.is_empty:
        with _own_session(wanted, Purpose.RUN) as session:
            yield session
        return
    if wanted.forget_values:
        or_give = ", or give -f" if _takes_code() else ""
        raise click.UsageError(
            f"--forget-values is for a launcher that is started: stop the one that runs{or_give}."
        )
    address = wanted.launcher or _running(wanted, advice)
    from treadle_client._client import Client  # noqa: PLC0415 -- gRPC is not what a command's own services wait for

    with Client.connect(address, token_file=wanted.token_file) as client:
        yield Session(client=client, lifetime=Lifetime.STANDING, home=wanted.home)


@contextmanager
def open_reading_session(wanted: SessionRequest) -> Iterator[Session]:
    """Do as `open_session`, to read what is recorded, also where no launcher runs on a home.

    A launcher of our own that reads starts nothing, ends nothing, and changes nothing.

    Raises:
        StartError: services of our own did not start, or not with this code.
        UnreachableError: there is neither a home nor a launcher, or it does not answer.
    """
    home = wanted.home_or_default
    is_alone = not _named(wanted) and find_launcher(home) is None and holds(home, "FORMAT")
    if not is_alone:
        with open_code_session(wanted) as session:
            yield session
        return
    with _own_session(wanted, Purpose.READ) as session:
        yield session


@contextmanager
def open_code_session(wanted: SessionRequest) -> Iterator[Session]:
    """Do as `open_session`, to ask what code is and would do: a launcher of our own only reads.

    Raises:
        StartError, UnreachableError: as `open_session`.
    """
    if wanted.code.is_empty:
        with open_session(wanted) as session:
            yield session
        return
    with _own_session(wanted, Purpose.READ) as session:
        yield session


@contextmanager
def _own_session(wanted: SessionRequest, purpose: Purpose) -> Iterator[Session]:
    home = wanted.home_or_default
    with (
        local_services(
            wanted.code,
            home,
            purpose=purpose,
            launcher_arguments=forgetting(wanted.forget_values),
        ) as services,
        connected(services) as client,
    ):
        yield Session(client=client, lifetime=Lifetime.COMMAND, home=services.home)


@contextmanager
def open_session_of_run(
    wanted: SessionRequest, name: str, *, only_reads: bool = False
) -> Iterator[tuple[Session, RunHandle]]:
    """Open a session to go on from a run; code of our own is served as the location that it is of.

    By itself, code has the name of its first target: another one once files are moved, or named
    in another order. Only a launcher can read which one the run has, hence the second start.

    Raises:
        StartError, UnreachableError: as `open_session`.
        RequestError: there is no such run, or there are several.
    """
    opening = open_code_session if only_reads else open_session
    with opening(wanted) as session:
        handle = named_run(session.client, name)
        location = handle.describe().location
        served = {each.name for each in session.client.locations()}
        if session.lifetime is Lifetime.STANDING or location in served:
            yield session, handle
            return
    say(f"The code is served as location {location}, of which the run is.", err=True)
    with opening(replace(wanted, code=replace(wanted.code, name=location))) as session:
        yield session, session.client.run(handle.run_id)


@contextmanager
def open_home_session(wanted: SessionRequest, purpose: Purpose) -> Iterator[Session]:
    """Connect to a running launcher, else start one for this purpose, without code, for the while.

    Raises:
        StartError: the home is none, or a launcher of our own did not start on it.
        UnreachableError: the launcher that is named does not answer.
    """
    home = wanted.home_or_default
    if _named(wanted) or find_launcher(home) is not None:
        with open_session(wanted) as session:
            yield session
        return
    if not holds(home, "FORMAT"):
        raise StartError(
            f"{home} is not a home, and no launcher is named: give --home or --launcher.",
            usage=True,
        )
    with _own_session(wanted, purpose) as session:
        yield session


def _named(wanted: SessionRequest) -> str | None:
    """Return the address of the launcher that is named.

    A --home on the command line wins over $TREADLE_LAUNCHER, which is for a whole shell.
    """
    if wanted.launcher:
        return wanted.launcher
    return os.environ.get("TREADLE_LAUNCHER") if wanted.home is None else None


def _running(wanted: SessionRequest, advice: str) -> str:
    """Return the address of the launcher that is meant without being an option."""
    if named := _named(wanted):
        return named
    home = wanted.home_or_default
    running = find_launcher(home)
    if running is None:
        raise UnreachableError(f"No launcher runs on the home {home}. {advice or _start_one()}")
    return running.address


def _start_one() -> str:
    start, name = (
        "Start one (treadle dev -f FILE, or treadle launcher)",
        "name one (--launcher ADDRESS)",
    )
    if _takes_code():
        return f"{start}, {name}, or give the command its code (-f FILE)."
    return f"{start}, or {name}."


def _takes_code() -> bool:
    """Whether the command that runs has -f: none is told of an option that it has not."""
    context = click.get_current_context(silent=True)
    return context is not None and any(each.name == "files" for each in context.command.params)
