import tempfile
from pathlib import Path

import treadle_client

MODULE = """
from treadle import StaticPartitionsDefinition, asset

@asset(partitions_def=StaticPartitionsDefinition(["north", "south"]))
def visits(context):
    return len(context.partition_key)

@asset
def orders():
    return [40, 25, 10]

@asset
def total(orders):
    return sum(orders)
"""

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "shop.py"
    file.write_text(MODULE)
    with treadle_client.local(file) as client:
        assert isinstance(client, treadle_client.Client)
        assert len(client.plan("+total").steps) == 2
        assert client.explain("+total").ops[0].needed_for
        run: treadle_client.RunHandle = client.materialize("+total")
        result: treadle_client.RunResult = run.result()
        result.raise_for_failure()
        assert client.load("total") == 75
        assert [entry.asset.key for entry in client.assets()] == ["orders", "total", "visits"]
        assert client.plan_backfill("visits").run_count == 2
        backfill: treadle_client.BackfillHandle = client.backfill("visits", partitions="north")
        made: treadle_client.BackfillResult = backfill.result()
        made.raise_for_failure()
        assert made.partitions["north"].state is treadle_client.BackfillPartitionState.SUCCEEDED
        assert client.partitions("visits").missing_count == 1
        assert [each.backfill_id for each in client.backfills()] == [backfill.backfill_id]
        assert client.add_partitions("shops", ["north", "south"]) == ("north", "south")
        assert client.remove_partitions("shops", "north") == ("north",)
        assert list(client.dynamic_partitions("shops")) == ["south"]
        try:
            client.plan("totl")
        except treadle_client.SelectionError as error:
            assert "total" in str(error)
