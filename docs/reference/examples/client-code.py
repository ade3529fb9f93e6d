import tempfile
from pathlib import Path

import treadle_client

MODULE = """
from treadle import *

class Day(Config):
    day: str = "monday"

@asset(check_specs=[AssetCheckSpec("some", asset="orders")], metadata={"team": "maps"})
def orders():
    yield Output([40, 25, 10])
    yield AssetCheckResult(passed=True)

@op(out={"paid": Out(), "unpaid": Out(is_required=False)})
def split(rows, config: Day):
    yield Output(rows, "paid")

@op(retry_policy=RetryPolicy(max_retries=1))
def add(rows):
    return sum(rows)

@graph_asset
def total(orders):
    paid, unpaid = split(orders)
    return add(paid)

@asset(partitions_def=StaticPartitionsDefinition(["north", "south"]))
def visits():
    return 1

defs = Definitions(
    [orders, total, visits], jobs=[define_asset_job("daily", "+total")], resources={"db": 1}
)
"""

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "shop.py"
    file.write_text(MODULE)
    with treadle_client.local(
        file,
        durability=treadle_client.Durability.PROCESS,
        import_scope=treadle_client.ImportScope.PER_LOAD,
        start_method=treadle_client.StartWith.AUTO,
    ) as client:
        # What is there: blocks, their steps and assets.
        launcher: treadle_client.Launcher = client.launcher()
        assert launcher.max_steps > 0
        location: treadle_client.Location = client.locations()[0]
        assert location.state is treadle_client.LocationState.SERVING
        graph: treadle_client.Graph = client.graph()
        block: treadle_client.Block = graph.blocks[1]
        assert block.is_graph
        first: treadle_client.Asset = graph.assets[0]
        key: treadle_client.AssetKey = first.key
        assert key == "orders"
        said: treadle_client.Metadata = first.metadata
        team: treadle_client.PlainValue = said["team"]
        assert team == "maps"
        check: treadle_client.AssetCheck = graph.checks[0]
        assert (check.asset_key, check.name) == ("orders", "some")
        job: treadle_client.Job = graph.jobs[0]
        assert job.selection == "+total"
        resource: treadle_client.Resource = graph.resources[0]
        assert resource.type_name == "int"
        step: treadle_client.Step = graph.steps[1]
        step_key: treadle_client.StepKey = step.key
        assert step_key == "total.split"
        into: treadle_client.StepInput = step.inputs[0]
        source: treadle_client.Source = into.sources[0]
        assert source.asset_key == "orders"
        out: treadle_client.StepOutput = step.outputs[1]
        assert not out.is_required
        config: treadle_client.ConfigPlace = step.config
        assert config.path == ("ops", "total", "ops", "split", "config")
        policy: treadle_client.RetryPolicy = graph.steps[2].retry_policy
        assert treadle_client.RetryCause.TIMEOUT in policy.on
        assert policy.backoff is None or isinstance(policy.backoff, treadle_client.Backoff)
        assert policy.jitter is None or isinstance(policy.jitter, treadle_client.Jitter)
        assert step.limits is None or isinstance(step.limits, treadle_client.Limits)
        entry: treadle_client.AssetEntry = next(client.assets())
        assert entry.latest is None

        # What a run would do.
        plan: treadle_client.Plan = client.plan(
            "+total",
            unselected_outputs=treadle_client.UnselectedOutputs.DISCARD,
            siblings=treadle_client.Siblings.RUN,
            unrecorded_loads=treadle_client.UnrecordedLoads.REFUSE,
            isolation=treadle_client.Isolation.OP,
            reuse=treadle_client.ReuseMode.NEVER,
        )
        options: treadle_client.PlanOptions = plan.options
        assert options.isolation is treadle_client.Isolation.OP
        asked: treadle_client.Selection = plan.selection
        assert asked.expressions == ("+total",)
        steps = {each.key: each for each in plan.steps}
        planned: treadle_client.PlannedStep = steps["total.split"]
        assert planned.verdict is treadle_client.Verdict.RUN
        given: treadle_client.PlannedInput = planned.inputs[0]
        feeds: treadle_client.PlannedSource = given.sources[0]
        assert feeds.step_key == "orders"
        gives: treadle_client.PlannedOutput = steps["orders"].outputs[0]
        made: treadle_client.PlannedAsset = gives.assets[0]
        assert (made.asset_key, made.selected) == ("orders", True)
        checked: treadle_client.PlannedCheck = steps["orders"].outputs[1].check
        assert checked.name == "some"
        north = client.plan("visits", partition="north").steps[0].outputs[0].assets[0]
        of: treadle_client.PlannedPartitions = north.partitions
        which: treadle_client.PartitionKeyRange = of.ranges[0]
        assert (of.count, which.first) == (1, "north")

        # Why each op is in, or out.
        why: treadle_client.Explanation = client.explain("total")
        asset: treadle_client.AssetExplanation = why.assets[0]
        assert asset.taken_in_by == ("total",)
        ops: dict[str, treadle_client.OpExplanation] = {each.step_key: each for each in why.ops}
        need: treadle_client.OpNeed = ops["total.split"].needed_for[0]
        assert need.step_keys == ("total.split", "total.add")
        other: treadle_client.NotFollowed = ops["total.split"].not_followed[0]
        assert other.source == "orders"
        load: treadle_client.Load = why.loads[0]
        assert load.state is treadle_client.LoadState.UNRECORDED
        reader: treadle_client.PlannedInputRef = load.readers[0]
        assert (reader.step_key, reader.input) == ("total.split", "rows")
        looked: treadle_client.CheckExplanation = client.explain("+total").checks[0]
        assert looked.check == "orders:some"
        assert all(isinstance(each, treadle_client.Hazard) for each in why.hazards)

        # Partitions.
        there: treadle_client.AssetPartitions = client.partitions("visits")
        stretch: treadle_client.PartitionStretch = there.stretches[0]
        assert (stretch.state, stretch.count) == (treadle_client.PartitionState.MISSING, 2)
        runs: treadle_client.BackfillPlan = client.plan_backfill("visits")
        one: treadle_client.BackfillRun = runs.runs[0]
        assert len(one.partitions) == 1
        backfill = client.backfill("visits")
        backfill.result().raise_for_failure()
        described: treadle_client.Backfill = backfill.describe()
        assert described.status is treadle_client.BackfillState.SUCCEEDED
        north: treadle_client.LoadedPartition
        # Of an asset that is read in partitions, a load says which.
        assert [north.partition_key for north in load.loaded_partitions] == []
