from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from treadle import AssetKey, InputContext, IOManager, OutputContext
from treadle.io._io_manager import NoAssetError


def test_a_manager_has_to_store_and_to_load():
    class Half(IOManager):
        def handle_output(self, context, obj):
            return None

    with pytest.raises(TypeError, match="load_input"):
        Half()  # type: ignore[abstract]


def test_an_asset_is_named_by_its_key():
    context = OutputContext(key=AssetKey("a/b"), run_id="r", step_key="s")

    assert context.has_asset_key
    assert context.asset_key == AssetKey("a/b")
    assert context.get_identifier() == context.get_asset_identifier() == ["a", "b"]
    assert context.get_run_scoped_output_identifier() == ["r", "s", "result"]


def test_an_intermediate_has_no_asset_key():
    context = InputContext(
        name="x", upstream_output=OutputContext(name="out", run_id="r", step_key="s")
    )

    assert not context.has_asset_key
    assert context.get_identifier() == ["r", "s", "out"]
    with pytest.raises(NoAssetError, match="Output 'out' of 's' is not an asset"):
        _ = context.asset_key


def test_there_are_no_partitions():
    upstream = OutputContext()
    context = InputContext(name="x", upstream_output=upstream)

    assert not upstream.has_partition_key
    assert not upstream.has_asset_partitions
    assert not context.has_partition_key
    assert not context.has_asset_partitions


def guides_manager(folder: Path) -> IOManager:
    """Make the manager that the guide shows."""
    guide = Path(__file__).parents[4] / "docs" / "howto" / "io-managers.md"
    shown = re.search(r"```python file=\S+\n(.*?)```", guide.read_text(), re.DOTALL)
    assert shown is not None
    names: dict[str, Any] = {"__name__": "prices"}
    exec(compile(shown[1], "prices.py", "exec"), names)  # noqa: S102 -- our own page
    manager = names["JsonFiles"](folder)
    assert isinstance(manager, IOManager)
    return manager


def test_the_guides_manager_keeps_keys_with_dots_apart_and_leaves_no_half_of_a_value(tmp_path):
    manager = guides_manager(tmp_path)
    keys = [
        AssetKey("sales.daily"),
        AssetKey("sales.weekly"),
        AssetKey("sales"),
        AssetKey("sales/x"),
    ]
    for number, key in enumerate(keys):
        manager.handle_output(OutputContext(key=key, run_id="r", step_key="s"), number)

    class Dies:
        """A value whose writing ends half-way, as in a process that is killed."""

    with pytest.raises(TypeError):
        manager.handle_output(OutputContext(key=keys[0], run_id="q", step_key="s"), [1, Dies()])

    loaded = [
        manager.load_input(InputContext(name="x", upstream_output=OutputContext(key=key)))
        for key in keys
    ]
    assert loaded == [0, 1, 2, 3]
