from __future__ import annotations

import stat

import pytest

from treadle_launcher.locations.location_names import LocationNames


def test_a_name_is_known_by_its_address_to_the_next_launcher(tmp_path):
    file = tmp_path / "locations.json"
    LocationNames(file).remember("unix:/a", "shop")

    names = LocationNames(file)

    assert (names.get("unix:/a"), names.get("unix:/b")) == ("shop", "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "[]", "\0", '{"unix:/a": 1}'])
def test_a_file_that_cannot_be_read_as_names_holds_none(tmp_path, content):
    file = tmp_path / "locations.json"
    file.write_text(content)
    assert LocationNames(file).get("unix:/a") == ""


def test_who_only_reads_writes_nothing(tmp_path):
    names = LocationNames(tmp_path / "locations.json", only_reads=True)
    names.remember("unix:/a", "shop")
    assert names.get("unix:/a") == "shop"
    assert list(tmp_path.iterdir()) == []
