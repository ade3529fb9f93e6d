"""The folder that runs in this process keep what they make in, for a test to ask."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self
from weakref import finalize

from treadle._keys import AssetKey, KeyLike, as_key
from treadle_contract.event import AssetMaterialized
from treadle_inprocess._events import RunEvent
from treadle_inprocess._home import facts_of_folder


class DagsterInstance:
    """A folder that `materialize(instance=…)` stores in and loads from, and its record.

    Runs of the services are not among it: a client asks their launcher.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        """Take a folder, which need not be there yet."""
        self._folder = Path(folder)
        self._removed: finalize[[str], DagsterInstance] | None = None

    @staticmethod
    def ephemeral(tempdir: str | None = None) -> DagsterInstance:
        """Return one in a new folder, in `tempdir` if given, that is removed with it."""
        import tempfile  # noqa: PLC0415 -- every run in process imports this

        instance = DagsterInstance(tempfile.mkdtemp(prefix="treadle-", dir=tempdir))
        instance._removed = finalize(instance, _remove, str(instance._folder))
        return instance

    @staticmethod
    def local_temp(tempdir: str | None = None) -> DagsterInstance:
        """Return one in the folder `tempdir`, which stays; else as `ephemeral`."""
        return DagsterInstance.ephemeral() if tempdir is None else DagsterInstance(tempdir)

    @property
    def root_directory(self) -> str:
        """The folder."""
        return str(self._folder)

    def __fspath__(self) -> str:
        return str(self._folder)

    def get_asset_keys(self) -> Sequence[AssetKey]:
        """Return the assets that were made, sorted."""
        return sorted({AssetKey.from_user_string(key) for key, _ in self._made()})

    def has_asset_key(self, asset_key: KeyLike) -> bool:
        """Whether the asset was made."""
        return as_key(asset_key) in self.get_asset_keys()

    def get_latest_materialization_event(self, asset_key: KeyLike) -> RunEvent | None:
        """Return the fact that an asset was made last, None if it never was."""
        made = self.get_materialization_events(asset_key, limit=1)
        return made[0] if made else None

    def get_materialization_events(
        self, asset_key: KeyLike, limit: int | None = None
    ) -> Sequence[RunEvent]:
        """Return the facts that an asset was made, the newest first."""
        wanted = as_key(asset_key).text
        return [event for key, event in reversed(self._made()) if key == wanted][:limit]

    def _made(self) -> list[tuple[str, RunEvent]]:
        return [
            (event.payload.asset_key, RunEvent.of(event))
            for event in facts_of_folder(self._folder)
            if isinstance(event.payload, AssetMaterialized)
        ]

    def dispose(self) -> None:
        """Remove the folder of an ephemeral one; any other stays."""
        if self._removed is not None:
            self._removed()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.dispose()

    def __repr__(self) -> str:
        return f"DagsterInstance({str(self._folder)!r})"


@contextmanager
def instance_for_test(temp_dir: str | None = None) -> Iterator[DagsterInstance]:
    """Give a block an instance whose folder is removed after it; `temp_dir`, if given, stays."""
    with DagsterInstance.local_temp(temp_dir) as instance:
        yield instance


def _remove(folder: str) -> None:
    import shutil  # noqa: PLC0415 -- as above

    shutil.rmtree(folder, ignore_errors=True)
