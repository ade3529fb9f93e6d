"""Tokens: what a file must be like to hold the secret that opens a service over TCP."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from treadle_access.ownership import is_ours, mode_text, others_may

LEAST_TOKEN_LENGTH = 16
"""A shorter word can be guessed, call by call."""

_LARGEST_FILE = 64 * 1024


class TokenFileError(ValueError):
    """The file cannot be used for a token; the message says what to do."""


def read_token(path: str | Path) -> str:
    """Return the token that a file holds, which nobody but this user may read.

    Raises:
        TokenFileError: it cannot be read, others may read it, or it holds no token.
    """
    file = Path(path)
    try:
        with file.open("rb") as stream:
            _check_owner(os.fstat(stream.fileno()), file)
            content = stream.read(_LARGEST_FILE)
    except OSError as error:
        raise TokenFileError(f"the token cannot be read: {error}") from error
    try:
        token = content.decode("ascii").strip()
    except UnicodeDecodeError:
        token = ""
    if not token or any(not character.isprintable() or character == " " for character in token):
        raise TokenFileError(f"{file} must hold one word of ASCII, the token: {_MAKE.format(file)}")
    if len(token) < LEAST_TOKEN_LENGTH:
        raise TokenFileError(
            f"the token in {file} has {len(token)} characters and can be guessed; it takes"
            f" {LEAST_TOKEN_LENGTH} at least: {_MAKE.format(file)}"
        )
    return token


_MAKE = "`(umask 077; openssl rand -hex 32 > {})` makes one"


def _check_owner(status: os.stat_result, file: Path) -> None:
    if not is_ours(status):
        raise TokenFileError(f"{file} belongs to user {status.st_uid}: use a file of this user's")
    if others_may(status, file, stat.S_IROTH | stat.S_IWOTH):
        raise TokenFileError(
            f"others may read or write {file} (mode {mode_text(status)}), and so the token is no"
            f" secret: `chmod 600 {file}`, with a new token if somebody may have read this one"
        )
