from __future__ import annotations

import pytest

from treadle import Definitions, Nothing, Out, define_asset_job, graph_asset, multi_asset, op
from treadle._errors import DefinitionError
from treadle.assets._asset_ins_outs import AssetOut
from treadle_contract.plan import Isolation


@op
def makes():
    return 1


def test_a_block_says_that_its_steps_share_a_process():
    @graph_asset(isolation="asset")
    def together():
        return makes()

    assert together.options.isolation is Isolation.ASSET


def test_a_block_cannot_speak_for_the_run():
    with pytest.raises(DefinitionError, match="no block can say"):

        @multi_asset(outs={"a": AssetOut()}, isolation="run")
        def alone():
            return 1


def test_what_is_no_isolation_is_refused_with_what_is():
    with pytest.raises(DefinitionError, match="'op', 'asset'"):
        define_asset_job("nightly", isolation="block")


def test_a_job_speaks_for_its_run():
    @graph_asset
    def apart():
        return makes()

    job = define_asset_job("nightly", isolation="run")
    Definitions(assets=[apart], jobs=[job])
    assert job.isolation is Isolation.RUN


def test_nothing_cannot_be_a_checkpoint():
    with pytest.raises(DefinitionError, match="has no value"):
        Out(Nothing, checkpoint=True)
