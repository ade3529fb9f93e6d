from __future__ import annotations

from treadle_contract.ids import KeyText
from treadle_contract.plan import Load
from treadle_planner._load_refusals import refused_loads

SAID = {"b": "its value is gone from the disk (/v/b)"}
NEVER = Load(asset_key=KeyText("a"), io_manager_key="io_manager", builtin_manager=True)
GONE = Load(
    asset_key=KeyText("b"),
    io_manager_key="io_manager",
    builtin_manager=True,
)
EXTERNAL = Load(
    asset_key=KeyText("x"), external=True, io_manager_key="io_manager", builtin_manager=True
)


def test_each_load_is_named_with_why_nothing_can_be_read_and_the_selection_that_makes_them():
    assert refused_loads([NEVER, GONE], SAID, "top or a or b", {}) == (
        "The plan loads a, which no run has made; b: its value is gone from the disk (/v/b)."
        " To make them too, select: top or a or b."
    )


def test_what_nothing_makes_is_never_advised_to_be_selected():
    said = refused_loads([EXTERNAL], {}, "", {})

    assert "select" not in said
    assert "AssetIn(input_manager_key=…)" in said
    assert "deps=['x']" in said


def test_what_another_location_makes_is_advised_to_be_made_there():
    assert refused_loads([EXTERNAL, GONE], SAID, "", {"x": "north", "b": "south"}).endswith(
        "Location north makes x: select it there first. Location south makes b: select it there"
        " first."
    )
