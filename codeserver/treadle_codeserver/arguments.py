"""The command line of the code server, read once into Settings."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from treadle_access.addresses import Address, BadAddressError, TcpAddress, parse
from treadle_access.folders import default_socket
from treadle_access.tokens import TokenFileError, read_token
from treadle_codeserver import defaults
from treadle_codeserver.targets import LoadCommand
from treadle_contract.codeserver import ImportScope, LaunchTarget
from treadle_contract.lazy_dataclasses import dataclass, field

_IMPORT_SCOPES = {scope.value.replace("_", "-"): scope for scope in ImportScope}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the code server was told. `token` is set when it is bound to TCP, and only checked there.

    `alive_fd` is a pipe whose end is the order to leave, `ready_fd` takes the address once the
    first load ended.
    """

    name: str
    command: LoadCommand
    bind: Address
    token: str | None = field(repr=False)
    alive_fd: int | None
    ready_fd: int | None


def read(argv: Sequence[str]) -> Settings:
    """Read the command line; on a mistake print it to stderr and exit with status 2."""
    parser = _parser()
    args = parser.parse_args(argv)
    if not args.targets:
        parser.error("nothing to load: give --file or --module")
    command = LoadCommand(
        interpreter=_interpreter(parser, args.python),
        working_directory=_folder(parser, args.working_directory),
        targets=tuple(args.targets),
        import_timeout=args.import_timeout,
        import_scope=_IMPORT_SCOPES[args.import_scope],
    )
    name = args.name or _default_name(command.targets[0])
    bind = _bind(parser, args.bind, f"{command.working_directory}\0{name}")
    token = _token(parser, args.token_file)
    if isinstance(bind, TcpAddress) and token is None:
        parser.error(f"--bind {bind}: TCP is served only with --token-file")
    return Settings(
        name=name,
        command=command,
        bind=bind,
        token=token,
        alive_fd=args.alive_fd,
        ready_fd=args.ready_fd,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="treadle codeserver",
        usage="treadle codeserver [OPTIONS], all in `treadle codeserver --help`",
        description="Serve the graph of a user's modules, and what would run for a selection.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    # One list for both: targets are loaded in the order in which they were written.
    parser.set_defaults(targets=[])
    add("-f", "--file", action="append", dest="targets", type=_file, metavar="FILE")
    add("-m", "--module", action="append", dest="targets", type=_module, metavar="MODULE")
    add("--working-directory", default=".", metavar="DIR", help="where the user's code runs")
    add("--python", default=sys.executable, metavar="FILE", help="what runs the user's code")
    add("--name", type=_word, metavar="NAME", help="of the location; else the first target's")
    add("--bind", metavar="ADDRESS", help="unix:/path or a host:port of this machine")
    add("--token-file", metavar="FILE", help="required over TCP: what callers must send")
    add(
        "--import-timeout",
        type=_seconds,
        default=defaults.IMPORT_TIMEOUT_S,
        metavar="S",
        help="how long the import of one target may take (default: %(default)g)",
    )
    add(
        "--import",
        dest="import_scope",
        choices=list(_IMPORT_SCOPES),
        default=next(iter(_IMPORT_SCOPES)),
        help="how long a host's import serves: until the next load, or one run",
    )
    add("--alive-fd", type=_descriptor, metavar="N", help="a pipe; leave when it ends")
    add("--ready-fd", type=_descriptor, metavar="N", help="gets the address after the first load")
    return parser


def _file(text: str) -> LaunchTarget:
    path = Path(text).absolute()
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {path}")
    return LaunchTarget(file=str(path))


def _module(text: str) -> LaunchTarget:
    if not all(part.isidentifier() for part in text.split(".")):
        raise argparse.ArgumentTypeError(f"{text!r} is not a module's name")
    return LaunchTarget(module=text)


def _word(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise argparse.ArgumentTypeError(f"{text!r} is not a name")
    return text


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds")
    return seconds


def _descriptor(text: str) -> int:
    fd = int(text)
    try:
        os.fstat(fd)
    except (OSError, OverflowError) as error:
        raise argparse.ArgumentTypeError(f"{text} is not an open descriptor") from error
    return fd


def _default_name(target: LaunchTarget) -> str:
    return target.module or Path(target.file or "").stem


def _interpreter(parser: argparse.ArgumentParser, text: str) -> Path:
    """Find the interpreter. Links are kept: a virtual environment's is one."""
    found = shutil.which(text)
    if found is None:
        parser.error(f"--python: {text} is no program")
    return Path(found).absolute()


def _folder(parser: argparse.ArgumentParser, text: str) -> Path:
    folder = Path(text).absolute()
    if not folder.is_dir():
        parser.error(f"--working-directory: there is no folder {folder}")
    return folder


def _bind(parser: argparse.ArgumentParser, text: str | None, identity: str) -> Address:
    try:
        bind = default_socket(identity, "codeserver") if text is None else parse(text)
    except BadAddressError as error:
        parser.error(str(error))
    if isinstance(bind, TcpAddress) and not bind.is_loopback:
        parser.error(f"--bind {bind}: TCP is served on loopback only, for example 127.0.0.1:0")
    return bind


def _token(parser: argparse.ArgumentParser, path: str | None) -> str | None:
    if path is None:
        return None
    try:
        return read_token(path)
    except TokenFileError as error:
        parser.error(f"--token-file: {error}")
