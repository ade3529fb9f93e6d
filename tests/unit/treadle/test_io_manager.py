from __future__ import annotations

import pytest

from treadle import AssetKey, InputContext, IOManager, OutputContext
from treadle._io_manager import NoAssetError


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
    with pytest.raises(NoAssetError, match="Output 'out' of 's' is no asset"):
        _ = context.asset_key


def test_there_are_no_partitions():
    upstream = OutputContext()
    context = InputContext(name="x", upstream_output=upstream)

    assert not upstream.has_partition_key
    assert not upstream.has_asset_partitions
    assert not context.has_partition_key
    assert not context.has_asset_partitions
