"""What is kept of the standard library stays what it was."""

from __future__ import annotations

import datetime
import gc
import os
import stat
from pathlib import Path

import pytest

from treadle import _system


def test_what_is_put_into_a_module_later_is_not_in_what_was_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "getpid", lambda: 0)

    assert os.getpid() == 0
    assert _system.os.getpid() > 0


def test_nothing_kept_is_found_by_who_replaces_it_in_every_module() -> None:
    # As frozen clocks do: whatever is the function, or the class, by its identity.
    _system.keep_all()
    kept = {id(each) for each in (*vars(_system).values(), *_system._KEPT.values())}

    assert id(datetime.datetime) not in kept
    assert id(os) not in kept
    assert id(open) not in kept


def test_the_time_goes_on_while_a_clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    class Frozen(datetime.datetime):
        pass

    monkeypatch.setattr(datetime, "datetime", Frozen)

    assert type(_system.utc_now()) is not Frozen
    assert _system.utc_now() <= _system.utc_now()


def test_folders_have_their_mode_whatever_the_umask_is(tmp_path: Path) -> None:
    before = os.umask(0o777)
    try:
        _system.make_folders(str(tmp_path / "a" / "b"), 0o700)
        _system.make_folders(str(tmp_path / "a" / "b"), 0o700)
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


def test_a_file_where_a_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(FileExistsError):
        _system.make_folders(str(tmp_path / "file"), 0o700)


def test_garbage_is_looked_for_as_before_once_a_block_ends() -> None:
    before = gc.get_threshold()

    with _system.rarely_collected():
        assert gc.get_threshold() > before

    assert gc.get_threshold() == before


def test_what_is_said_of_the_collector_in_a_block_holds_after_it() -> None:
    before = gc.get_threshold()
    try:
        with _system.rarely_collected():
            gc.set_threshold(1, 2, 3)

        assert gc.get_threshold() == (1, 2, 3)
    finally:
        gc.set_threshold(*before)
