"""The command line of the launcher, read once into Settings."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from treadle_access.addresses import Address, TcpAddress, parse
from treadle_access.tokens import TokenFileError, read_token
from treadle_contract.lazy_dataclasses import dataclass, field, replace
from treadle_launcher import defaults
from treadle_launcher.durability import Durability
from treadle_launcher.home.taking_over import TakeOver


class StartWith(StrEnum):
    """How hosts are to start step processes. The SDK calls it the same."""

    AUTO = "auto"
    """Fork, unless what the user imported forbids it."""

    FORK = "fork"
    """Fork, whatever the user imported."""

    SPAWN = "spawn"
    """A new interpreter for each."""


class Purpose(StrEnum):
    """What a launcher is started for."""

    RUN = "run"
    """Everything: runs, and keeping the home in order."""

    SWEEP = "sweep"
    """Reading, and removing values when asked to. It runs nothing."""

    READ = "read"
    """Reading. It changes nothing in the home, and may read beside the launcher that runs there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationArgument:
    """A code server to serve. Without a name it is known by its own; `token` is for it alone."""

    name: str
    address: Address
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the launcher was told. Times are seconds; `bind` None is the home's own socket."""

    locations: tuple[LocationArgument, ...]
    home: Path
    bind: Address | None
    token: str | None = field(repr=False)
    alive_fd: int | None
    ready_fd: int | None
    max_steps: int
    max_runs: int
    term_grace: float
    orphan_grace: float
    idle_host: float
    max_idle_hosts: int
    log_limit: int
    start_method: StartWith
    import_timeout: float | None
    keep_intermediates: float = defaults.KEEP_INTERMEDIATES
    keep_versions: int = defaults.KEEP_VERSIONS
    durability: Durability = Durability.PROCESS
    host_answer: float = defaults.HOST_ANSWER
    purpose: Purpose = Purpose.RUN
    take_over: TakeOver | None = None
    forget_values: bool = False

    @property
    def is_ephemeral(self) -> bool:
        """Whether it ends with its starter."""
        return self.alive_fd is not None


def read(argv: Sequence[str]) -> Settings:
    """Read the command line; on a mistake print it to stderr and exit with status 2."""
    parser = _parser()
    args = parser.parse_args(argv)
    try:
        locations = tuple(_location(text) for text in args.location)
        bind = parse(args.bind) if args.bind else None
        start_method = _choice(StartWith, args.start_method, "start-method")
        durability = _choice(Durability, args.durability, "durability")
        purpose = _choice(Purpose, args.purpose, "purpose")
        take_over = (
            _choice(TakeOver, args.take_over, "take-over") if args.take_over is not None else None
        )
    except ValueError as error:
        parser.error(str(error))
    token = _token(parser, "--token-file", args.token_file)
    locations = _with_tokens(parser, locations, args.location_token, token)
    _check(parser, locations, bind, token)
    return Settings(
        locations=locations,
        home=args.home,
        bind=bind,
        token=token,
        alive_fd=args.alive_fd,
        ready_fd=args.ready_fd,
        max_steps=args.max_steps,
        max_runs=args.max_runs,
        term_grace=args.term_grace,
        orphan_grace=args.orphan_grace,
        idle_host=args.idle_host,
        max_idle_hosts=args.max_idle_hosts,
        log_limit=args.log_limit,
        start_method=start_method,
        import_timeout=args.import_timeout,
        keep_intermediates=args.keep_intermediates,
        keep_versions=args.keep_versions,
        durability=durability,
        host_answer=args.host_answer,
        purpose=purpose,
        take_over=take_over,
        forget_values=args.forget_values,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="treadle launcher",
        description=__doc__,
        usage="treadle launcher [OPTIONS], all in `treadle launcher --help`",
    )
    add = parser.add_argument
    add("--location", action="append", default=[], metavar="NAME=ADDRESS")
    add(
        "--home",
        type=_folder,
        default=os.environ.get("TREADLE_HOME") or ".treadle",
        metavar="DIR",
    )
    add("--bind", metavar="ADDRESS")
    add("--token-file", metavar="FILE", help="required over TCP: what callers must send")
    add(
        "--location-token",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="holds the token of the code server of --location NAME=HOST:PORT",
    )
    add("--alive-fd", type=_descriptor, metavar="N")
    add("--ready-fd", type=_descriptor, metavar="N")
    add("--max-steps", type=_at_least(1), default=defaults.MAX_STEPS, metavar="N")
    add("--max-runs", type=_at_least(1), default=defaults.MAX_RUNS, metavar="N")
    add("--term-grace", type=_seconds, default=defaults.TERM_GRACE, metavar="S")
    add("--orphan-grace", type=_seconds, default=defaults.ORPHAN_GRACE, metavar="S")
    add("--idle-host", type=_seconds, default=defaults.IDLE_HOST, metavar="S")
    add(
        "--host-answer",
        type=_seconds,
        default=defaults.HOST_ANSWER,
        metavar="S",
        help="how long a host may owe an answer until it is asked, or killed",
    )
    add("--max-idle-hosts", type=_at_least(0), default=defaults.MAX_IDLE_HOSTS, metavar="N")
    add("--log-limit", type=_at_least(1024), default=defaults.LOG_LIMIT, metavar="BYTES")
    add("--import-timeout", type=_seconds, metavar="S", help="a target; else the code server's")
    add(
        "--keep-intermediates",
        type=_duration,
        default=defaults.KEEP_INTERMEDIATES,
        metavar="TIME",
        help="of runs that are over: 7d, 12h, 30m, or seconds",
    )
    add(
        "--keep-versions",
        type=_at_least(1),
        default=os.environ.get("TREADLE_KEEP_VERSIONS") or str(defaults.KEEP_VERSIONS),
        metavar="N",
        help="of each asset, from the newest on; a value that a run reads stays in any case",
    )
    add(
        "--start-method",
        default=os.environ.get("TREADLE_START_METHOD") or StartWith.AUTO.value,
        metavar="auto|spawn",
    )
    add(
        "--durability",
        default=os.environ.get("TREADLE_DURABILITY") or Durability.PROCESS.value,
        metavar="process|power",
        help="what outlives a kill of every process, or a power cut too (fsync)",
    )
    add(
        "--take-over",
        metavar="cancel|resume",
        help="what becomes of the unfinished runs of a home that was copied, or is another user's",
    )
    add(
        "--forget-values",
        action="store_true",
        help="go on with the database that is there, and remove the values that it does not know",
    )
    add("--purpose", default=Purpose.RUN.value, metavar="run|sweep|read", help=argparse.SUPPRESS)
    return parser


_Choice = TypeVar("_Choice", bound=StrEnum)


def _choice(choices: type[_Choice], text: str, option: str) -> _Choice:
    """Read what an option, or the variable that stands for it, chooses."""
    if text not in set(choices):
        variable = f"TREADLE_{option.upper().replace('-', '_')}"
        raise ValueError(f"--{option}, or {variable}, is {text!r}: write {' or '.join(choices)}.")
    return choices(text)


def _at_least(least: int) -> type[int]:
    def read_number(text: str) -> int:
        number = int(text)
        if number < least:
            raise argparse.ArgumentTypeError(f"{text} is less than {least}")
        return number

    read_number.__name__ = "number"
    return read_number  # type: ignore[return-value]  # argparse wants a callable, typeshed a type


def _descriptor(text: str) -> int:
    fd = int(text)
    try:
        os.fstat(fd)
    except (OSError, OverflowError) as error:
        raise argparse.ArgumentTypeError(f"{text} is not an open descriptor") from error
    return fd


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("an empty text names no folder")
    return Path(text)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds")
    return seconds


_UNITS = {"s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60}


def _duration(text: str) -> float:
    number, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS else (text, "s")
    try:
        return _seconds(number) * _UNITS[unit]
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text} is not a duration: write 7d, 12h, 30m or 90"
        ) from None


def _location(text: str) -> LocationArgument:
    name, equals, address = text.partition("=")
    if not equals:
        name, address = "", text
    return LocationArgument(name=name, address=parse(address))


def _token(parser: argparse.ArgumentParser, option: str, path: str | None) -> str | None:
    if path is None:
        return None
    try:
        return read_token(path)
    except TokenFileError as error:
        parser.error(f"{option}: {error}")


def _with_tokens(
    parser: argparse.ArgumentParser,
    locations: tuple[LocationArgument, ...],
    given: Sequence[str],
    own: str | None,
) -> tuple[LocationArgument, ...]:
    """Give each location the token that is for it: the launcher's own is handed to nobody."""
    by_name = {location.name: location for location in locations if location.name}
    for text in given:
        name, equals, path = text.partition("=")
        option = f"--location-token {name}"
        if not equals or not name or not path:
            parser.error(f"--location-token {text!r}: write NAME=FILE")
        if name not in by_name:
            parser.error(f"{option}: no --location has this name: write --location {name}=ADDRESS")
        if not isinstance(by_name[name].address, TcpAddress):
            parser.error(f"{option}: {by_name[name].address} takes no token, only TCP does")
        token = _token(parser, option, path)
        if token == own:
            parser.error(
                f"{option}: {path} holds the launcher's own token (--token-file). A program that"
                " took the code server's port could call the launcher with it."
                " Make a token for the code server alone,"
                f" `(umask 077; openssl rand -hex 32 > {name}.token)`, and start the code server"
                " with it too"
            )
        by_name[name] = replace(by_name[name], token=token)
    return tuple(by_name.get(location.name, location) for location in locations)


def _check(
    parser: argparse.ArgumentParser,
    locations: tuple[LocationArgument, ...],
    bind: Address | None,
    token: str | None,
) -> None:
    names = [location.name for location in locations if location.name]
    for name in names:
        if names.count(name) > 1:
            parser.error(f"--location: two locations are named {name!r}")
    unnamed = [location.address for location in locations if not location.name]
    for address in unnamed:
        if unnamed.count(address) > 1:
            parser.error(f"--location: {address} is given twice")
    if isinstance(bind, TcpAddress):
        if not bind.is_loopback:
            parser.error(f"--bind {bind}: TCP is served on loopback only, for example 127.0.0.1:0")
        if token is None:
            parser.error(f"--bind {bind}: TCP is served only with --token-file")
