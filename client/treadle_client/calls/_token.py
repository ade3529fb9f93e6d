"""The token of a launcher on TCP, read from a file."""

from __future__ import annotations

from pathlib import Path

from treadle_access.tokens import TokenFileError, read_token
from treadle_client._errors import AccessError, Refusal


def token_of(file: str | Path) -> str:
    """Return what a file holds as a token.

    Raises:
        AccessError: it cannot be read, or others may read it.
    """
    try:
        return read_token(file)
    except TokenFileError as error:
        message = f"{str(error)[:1].upper()}{str(error)[1:]}."
        raise AccessError(Refusal(reason="BAD_TOKEN", message=message)) from error
