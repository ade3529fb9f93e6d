from __future__ import annotations

from pathlib import Path

import pytest

from treadle_launcher.errors import UnknownLocationError
from treadle_launcher.locations.location_names import LocationNames
from treadle_launcher.locations.locations import Locations


@pytest.mark.parametrize("name", ["", "etl"])
def test_a_launcher_without_code_says_how_one_with_code_is_started(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises(UnknownLocationError) as caught:
        Locations([], LocationNames(tmp_path / "names")).get(name)

    assert "this launcher serves no code" in caught.value.message
    assert "`treadle dev -f FILE`" in caught.value.message
    assert caught.value.names == ((name,) if name else ())
