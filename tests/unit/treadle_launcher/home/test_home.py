from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from treadle.io._files import FileStore
from treadle_access.addresses import UnixAddress
from treadle_launcher.home.home import (
    FORMAT,
    HomeError,
    HomeFormatError,
    HomeLockedError,
    open_home,
)
from treadle_launcher.hosts.processes import own_id
from treadle_launcher.store.store import open_store

ADDRESS = UnixAddress(path=Path("/run/launcher.sock"))


def test_a_new_home_is_this_user_s_alone_and_keeps_its_id(tmp_path):
    with open_home(tmp_path / "deep" / "home") as home:
        first = home.home_id
        assert stat.S_IMODE(home.root.stat().st_mode) == 0o700
        assert (home.root / "FORMAT").read_text() == f"{FORMAT}\n"
    with open_home(tmp_path / "deep" / "home") as home:
        assert home.home_id == first


def test_a_home_in_use_names_who_uses_it(tmp_path):
    with open_home(tmp_path) as home:
        home.name_holder(own_id(), ADDRESS)
        with pytest.raises(HomeLockedError, match=f"pid {own_id().pid} at {ADDRESS}"):
            open_home(tmp_path).__enter__()
    with open_home(tmp_path):
        pass


@pytest.mark.parametrize("left_by_another", ["", "4711 unix:/some/where"])
def test_a_home_that_has_just_been_taken_names_the_process(tmp_path, left_by_another):
    (tmp_path / "lock").write_text(left_by_another)

    with open_home(tmp_path), pytest.raises(HomeLockedError) as caught:
        open_home(tmp_path).__enter__()

    assert str(caught.value) == (
        f"the home {tmp_path} is in use by the process with pid {os.getpid()}, of another command"
        " that has just begun: wait for its end, or name another --home"
    )


def test_a_longer_name_before_leaves_nothing_behind(tmp_path):
    with open_home(tmp_path) as home:
        home.name_holder(own_id(), UnixAddress(path=Path("/a/much/longer/path/before.sock")))
        home.name_holder(own_id(), ADDRESS)
        with pytest.raises(HomeLockedError, match=r"launcher\.sock: use"):
            open_home(tmp_path).__enter__()


@pytest.mark.parametrize(
    ("content", "advice"),
    [(str(FORMAT + 1), "newer"), ("0", "treadle db upgrade"), ("one", "is .* a home")],
)
def test_a_home_of_another_format_is_refused(tmp_path, content, advice):
    with open_home(tmp_path):
        pass
    (tmp_path / "FORMAT").write_text(content)
    with pytest.raises(HomeFormatError, match=advice), open_home(tmp_path):
        pass
    (tmp_path / "FORMAT").write_text(f"{FORMAT}\n")
    with open_home(tmp_path):
        pass


@pytest.mark.parametrize("made", [(), ("lock",), ("values", "logs", "hosts", "lock")])
def test_what_a_killed_launcher_had_made_of_a_home_becomes_one(tmp_path, made):
    for name in made:
        (tmp_path / name).touch() if name == "lock" else (tmp_path / name).mkdir()

    with open_home(tmp_path) as home:
        assert (home.root / "FORMAT").exists()


@pytest.mark.parametrize(
    ("name", "advice"),
    [("notes.txt", "name a folder of the home's own"), ("treadle.db", "FORMAT is missing")],
)
def test_a_folder_that_is_no_home_and_not_empty_is_refused_and_left_as_it_is(
    tmp_path, name, advice
):
    (tmp_path / name).touch()
    tmp_path.chmod(0o1777)

    with pytest.raises(HomeError, match=advice):
        open_home(tmp_path).__enter__()

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o1777
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_what_lies_in_a_new_home_is_this_user_s_alone_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        with open_home(tmp_path / "home") as home, open_store(home.database):
            home.publish(own_id(), ADDRESS, ADDRESS)
            FileStore(home.values).write_value("assets/m/a/=/r.s.1", 1)
            paths = [home.root, *home.root.rglob("*")]
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in paths}
    finally:
        os.umask(before)

    folders = {path.name for path in paths if path.is_dir()}
    assert modes == {name: 0o700 if name in folders else 0o600 for name in modes}
    assert {"treadle.db", "treadle.db-wal", "id", "launcher.json", "r.s.1"} < set(modes)


def test_a_home_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(HomeError, match="cannot be used"), open_home(tmp_path / "file" / "home"):
        pass


def test_a_published_launcher_is_found_until_it_is_withdrawn(tmp_path):
    with open_home(tmp_path) as home:
        home.publish(own_id(), ADDRESS, UnixAddress(path=Path("/run/hosts.sock")))
        content = json.loads((tmp_path / "launcher.json").read_text())
        assert content["address"] == "unix:/run/launcher.sock"
        assert content["host_socket"] == "/run/hosts.sock"
        assert (content["pid"], content["boot_id"]) == (own_id().pid, own_id().boot_id)
        home.withdraw()
        home.withdraw()
        assert not (tmp_path / "launcher.json").exists()
