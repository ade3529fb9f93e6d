"""Whether what a home holds may be gone on with here."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from treadle_launcher.home.home import HomeError, open_home
from treadle_launcher.home.place import why_foreign
from treadle_launcher.hosts.processes import boot_id


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with open_home(tmp_path / "home") as home:
        return home.root


def change(home: Path, **changes: object) -> None:
    file = home / "place.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def test_a_home_is_its_own_also_when_it_was_moved_or_its_disk_has_another_number(
    home: Path,
) -> None:
    assert why_foreign(home) is None
    assert why_foreign(home.rename(home.parent / "moved")) is None
    change(home.parent / "moved", path=str(home.parent / "moved"), device=1)
    assert why_foreign(home.parent / "moved") is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"inode": 1}, "it is a copy"),
        ({"uid": os.geteuid() + 1}, "wrote it"),
        ({"machine": "another"}, "another machine"),
    ],
)
def test_a_home_that_was_written_elsewhere_is_not(
    home: Path, changes: dict[str, object], why: str
) -> None:
    if "machine" in changes and not json.loads((home / "place.json").read_text())["machine"]:
        pytest.skip("this machine has no name")
    change(home, **changes)

    reason = why_foreign(home)

    assert reason is not None
    assert why in reason or "of which it is a copy" in reason


def test_a_copy_is_not(home: Path) -> None:
    copy = shutil.copytree(home, home.parent / "copy")

    reason = why_foreign(copy)

    assert reason is not None
    assert str(home) in reason


def times(home: Path) -> dict[str, int]:
    """Return when each file was written last, but for the lock: who takes it is named there."""
    return {path.name: path.stat().st_mtime_ns for path in home.iterdir() if path.name != "lock"}


def test_who_opens_a_copy_leaves_all_of_it_as_it_is(home: Path) -> None:
    (home / "launcher.json").write_text(json.dumps({"boot_id": boot_id()}))
    copy = shutil.copytree(home, home.parent / "copy")
    before = times(copy)

    with open_home(copy) as opened:
        assert opened.why_foreign is not None

    assert times(copy) == before


def test_an_older_home_is_if_a_process_of_this_boot_used_it(home: Path) -> None:
    (home / "place.json").unlink()
    assert why_foreign(home) is not None
    (home / "launcher.json").write_text(json.dumps({"boot_id": boot_id()}))
    assert why_foreign(home) is None


def test_a_home_of_another_user_is_opened_only_when_told(home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may give a folder away")
    os.chown(home, 65534, 65534)

    with pytest.raises(HomeError, match=r"belongs to the user with uid 65534.*--take-over"):
        open_home(home).__enter__()

    with open_home(home, of_anybody=True) as opened:
        assert opened.why_foreign is not None


def test_a_copy_whose_values_are_a_link_to_the_originals_is_refused(
    home: Path, tmp_path: Path
) -> None:
    """As `cp -a` makes it where the values lie on another disk."""
    (home / "values").rename(tmp_path / "disk")
    (home / "values").symlink_to(tmp_path / "disk")
    copy = shutil.copytree(home, tmp_path / "copy", symlinks=True)

    with pytest.raises(HomeError, match="values is a link to"), open_home(copy):
        pass
    with open_home(home) as original:
        assert original.why_foreign is None


def test_folders_that_others_may_enter_are_closed_again(home: Path) -> None:
    (home / "values").chmod(0o777)

    with open_home(home):
        assert (home / "values").stat().st_mode & 0o777 == 0o700
