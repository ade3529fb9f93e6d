"""Whether the file that is written to, or the folder, is the one that others find."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

from treadle_contract.lazy_dataclasses import dataclass
from treadle_launcher.store.errors import DatabaseGoneError


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """A file by its name, and which file that was. To ask costs a microsecond."""

    path: Path
    device: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return where a file is.

        Raises:
            OSError: it is not there.
        """
        status = os.stat(path)
        return cls(path=path, device=status.st_dev, inode=status.st_ino)

    def check(self) -> None:
        """Check that the name still leads to the file.

        Raises:
            DatabaseGoneError: it does not.
        """
        try:
            status = os.stat(self.path)
        except OSError as error:
            home = self.path.parent
            what = self.path if home.exists() else f"the home {home}"
            raise DatabaseGoneError(
                f"{what} was removed or moved while its launcher ran: {error}"
            ) from error
        if (status.st_dev, status.st_ino) != (self.device, self.inode):
            raise DatabaseGoneError(
                f"another one was put in the place of {self.path} while its launcher ran"
            )
