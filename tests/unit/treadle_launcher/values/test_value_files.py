"""The file store's folder: what is listed, what goes, and where links point."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_launcher.values.value_files import Interrupted, ValueFiles
from treadle_launcher.values.value_keys import (
    ValueOwner,
    asset_folder,
    asset_named_by,
    asset_value_key,
    current_link,
    intermediate_value_key,
    owner_of,
    path_component,
)

RUN, STEP = RunId("01M8"), StepKey("g.foo[k.0]")


@pytest.fixture
def files(tmp_path: Path) -> ValueFiles:
    return ValueFiles(tmp_path)


def put(root: Path, key: str, content: bytes = b"value") -> str:
    path = root / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return key


def test_a_key_tells_the_attempt_that_wrote_it() -> None:
    owner = ValueOwner(run_id=RUN, step=path_component(STEP), attempt=12)
    assert owner_of(asset_value_key("main", KeyText("a/b.c"), RUN, STEP, 12)) == owner
    assert owner_of(intermediate_value_key(RUN, STEP, 12, "out")) == owner


@pytest.mark.parametrize("asset", ["a", "a/b.c", "current/x", "tä/ü", "a/="])
def test_a_key_tells_the_asset_that_it_is_of(asset: str) -> None:
    assert asset_named_by(asset_value_key("main", KeyText(asset), RUN, STEP, 1)) == asset
    assert asset_named_by(intermediate_value_key(RUN, STEP, 1, "out")) is None


def test_files_are_listed_by_key_and_links_are_not(files: ValueFiles, tmp_path: Path) -> None:
    assert files.listed() == ()
    keys = {put(tmp_path, "assets/m/a/=/R.s.1"), put(tmp_path, "runs/R/s/1/o")}
    put(tmp_path, "elsewhere/file")
    files.point_current("assets/m/a/=/R.s.1")
    (tmp_path / "runs" / "link").symlink_to(tmp_path)

    assert {file.key for file in files.listed()} == keys
    assert {file.size_bytes for file in files.listed()} == {5}
    assert [file.key for file in files.listed(["runs/R", "runs/none"])] == ["runs/R/s/1/o"]


def test_a_listing_that_nobody_wants_any_more_ends(files: ValueFiles, tmp_path: Path) -> None:
    put(tmp_path, "runs/R/s/1/o")
    with pytest.raises(Interrupted):
        files.listed(unless=lambda: True)


def test_a_run_s_last_value_takes_its_folders_with_it(files: ValueFiles, tmp_path: Path) -> None:
    one, other = put(tmp_path, "runs/R/s/1/o"), put(tmp_path, "runs/R/t/1/o")
    asset = put(tmp_path, "assets/m/a/=/R.s.1")

    files.remove([one, asset])
    assert not (tmp_path / "runs/R/s").exists()
    assert (tmp_path / other).exists()

    files.remove([one, other])
    assert list((tmp_path / "runs").iterdir()) == []
    # Somebody may have made sure just now that it is there.
    assert (tmp_path / "assets/m/a/=").is_dir()


def test_one_that_cannot_be_removed_does_not_keep_the_others(
    files: ValueFiles, tmp_path: Path
) -> None:
    (tmp_path / "runs/R/s/1/folder").mkdir(parents=True)
    other = put(tmp_path, "runs/R/t/1/o")
    with pytest.raises(OSError, match="folder"):
        files.remove(["runs/R/s/1/folder", other])
    assert not (tmp_path / other).exists()


def test_the_link_follows_the_latest_version(files: ValueFiles, tmp_path: Path) -> None:
    first = put(tmp_path, "assets/m/a/b/=/R1.s.1", b"first")
    second = put(tmp_path, "assets/m/a/b/=/R2.s.1", b"second")
    link = tmp_path / current_link(first)

    files.point_current(first)
    assert link == tmp_path / "assets/m/a/b/current"
    assert link.read_bytes() == b"first"
    files.point_current(second)
    files.point_current(second)
    assert link.read_bytes() == b"second"
    # It holds when the home moves.
    assert os.readlink(link) == "=/R2.s.1"
    assert [path.name for path in link.parent.iterdir() if path.name.startswith(".")] == []


def test_no_asset_has_the_place_of_a_link() -> None:
    assert asset_folder("m", KeyText("a/current")) == "assets/m/a/%63urrent/="


def test_names_that_are_none_of_ours_are_passed_over(files: ValueFiles, tmp_path: Path) -> None:
    ours = put(tmp_path, "runs/R/s/1/o")
    put(tmp_path, "runs/R/s/1/\udcff")
    put(tmp_path, "runs/\xe9/s/1/o")
    assert [file.key for file in files.listed()] == [ours]


def test_no_link_names_what_is_not_there(files: ValueFiles, tmp_path: Path) -> None:
    """As of an asset that an IO manager of the user's stores: its key is known, no file has it."""
    files.point_current("assets/m/theirs/=/R.s.1")

    assert list(tmp_path.rglob("*")) == []
