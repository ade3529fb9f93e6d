from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from treadle_client._errors import UnreachableError
from treadle_client.calls._absence import Absence
from treadle_client.calls._rpc import LauncherRpc


@pytest.fixture
def nobody(tmp_path: Path) -> Iterator[LauncherRpc]:
    rpc = LauncherRpc(f"unix:{tmp_path}/gone.sock", None)
    yield rpc
    rpc.close()


def lose(absence: Absence) -> None:
    absence.connecting()
    with pytest.raises(UnreachableError, match="the last one"):
        absence.wait(UnreachableError("the last one"))


def test_a_launcher_that_is_gone_for_longer_is_told_of_once(nobody, caplog) -> None:
    absence = Absence(nobody, patience=1.2)

    lose(absence)
    lose(absence)

    assert [record.getMessage() for record in caplog.records] == [
        f"The launcher at {nobody.address} is gone; waiting up to 1.2 s for it."
    ]


def test_patience_that_is_short_ends_in_silence(nobody, caplog) -> None:
    lose(Absence(nobody, patience=0.1))

    assert not caplog.records
