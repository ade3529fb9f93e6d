from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from treadle_launcher.addresses import UnixAddress
from treadle_launcher.home import FORMAT, HomeError, HomeFormatError, HomeLockedError, open_home
from treadle_launcher.processes import own_id

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
