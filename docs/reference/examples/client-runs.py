import tempfile
from pathlib import Path

import treadle_client

MODULE = """
from treadle import *

@success_hook
def tell(context):
    print("told")

@failure_hook
def shout(context):
    raise RuntimeError("nobody hears")

@asset(check_specs=[AssetCheckSpec("some", asset="orders")], hooks={tell})
def orders(context):
    context.log.info("reading")
    context.log_event(ExpectationResult(success=True, label="rows"))
    context.log_event(AssetObservation("orders", metadata={"rows": 3}))
    yield Output([40, 25, 10])
    yield AssetCheckResult(passed=True)

@op(out={"paid": Out(), "unpaid": Out(is_required=False)})
def split(rows):
    yield Output(rows, "paid")

@op
def add(rows):
    return sum(rows)

@graph_multi_asset(outs={"paid": AssetOut(), "unpaid": AssetOut(is_required=False)})
def by_state(orders):
    paid, unpaid = split(orders)
    return {"paid": add(paid), "unpaid": add.alias("add_unpaid")(unpaid)}

@asset(retry_policy=RetryPolicy(max_retries=1), hooks={shout})
def broken(orders):
    raise ValueError("no rates today")

@asset
def report(broken):
    return broken

@op(out=DynamicOut())
def pages():
    yield DynamicOutput(1, mapping_key="one")

@graph_asset
def book():
    return add(pages().map(lambda page: page).collect())

@asset
def slow():
    import time
    time.sleep(60)
"""

seen: set[type[treadle_client.Event]] = set()


def ended(run):
    """Look at the events of a run, and return what came of it."""
    for event in run.events():
        assert isinstance(event, treadle_client.Event)
        seen.add(type(event))
        if isinstance(event, treadle_client.HostReady):
            assert (
                event.start_method is treadle_client.StartMethod.FORK or event.start_method_reason
            )
        if isinstance(event, treadle_client.StepRetryScheduled):
            assert event.ground is treadle_client.RetryGround.POLICY
        if isinstance(event, treadle_client.CheckEvaluated):
            assert event.severity is treadle_client.AssetCheckSeverity.ERROR
    return run.result()


with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "shop.py"
    file.write_text(MODULE)
    with treadle_client.local(file) as client:
        run = client.materialize(["orders", "paid", "unpaid", "broken", "report", "book"])
        result = ended(run)
        run_id: treadle_client.RunId = run.run_id
        described: treadle_client.Run = run.describe()
        assert described.run_id == run_id
        assert described.status is treadle_client.RunState.FAILED
        step: treadle_client.StepResult = result.steps["broken"]
        assert (step.state, step.attempts) == (treadle_client.StepState.FAILED, 2)
        usage: treadle_client.AttemptUsage = step.usage
        assert isinstance(usage.memory_scope, treadle_client.MemoryScope)
        kept = {each.asset_key: each for each in result.materializations}
        materialization: treadle_client.Materialization = kept["orders"]
        value: treadle_client.ValueRef = materialization.value_ref
        assert value.size_bytes > 0
        chunk: treadle_client.LogChunk = next(iter(run.logs("orders")))
        assert isinstance(chunk.stream, treadle_client.LogStream)
        text: treadle_client.Text = step.failure.traceback
        assert "no rates today" in str(text)

        # Going on from it: what was made is used again.
        plan = run.plan_rerun(treadle_client.ReexecutionKind.FROM_FAILURE)
        again: treadle_client.Reexecution = plan.reexecution
        assert again.parent_run_id == run_id
        reused: dict[str, treadle_client.Reuse] = {each.step_key: each for each in plan.reuses}
        output: treadle_client.ReusedOutput = reused["orders"].outputs[0]
        assert output.asset_key == "orders"
        ended(run.rerun("from_failure"))
        changed: treadle_client.StepChange = (
            client.plan("slow", reuse="unchanged").steps[-1].changes[0]
        )
        assert changed.kind is treadle_client.ChangeKind.NEW

        slow = client.materialize("slow")
        for event in slow.events():
            seen.add(type(event))
            if isinstance(event, treadle_client.StepStarted):
                slow.cancel("enough")

        # What lies on disk, and what nothing needs.
        use: treadle_client.DiskUse = next(client.disk_use())
        assert use.size_bytes > 0
        for garbage in client.garbage():
            piece: treadle_client.Garbage = garbage
            assert isinstance(piece.reason, treadle_client.GarbageReason)
        collected: treadle_client.Collected = client.collect_garbage()
        assert collected.removed_count >= 0

# Each kind of event is a class of its own.
missing = {
    treadle_client.RunSubmitted,
    treadle_client.RunDequeued,
    treadle_client.HostReady,
    treadle_client.RunStarted,
    treadle_client.StepStarted,
    treadle_client.InputLoaded,
    treadle_client.OutputStored,
    treadle_client.AssetMaterialized,
    treadle_client.AssetObserved,
    treadle_client.CheckEvaluated,
    treadle_client.ExpectationEvaluated,
    treadle_client.StepExpanded,
    treadle_client.StepSucceeded,
    treadle_client.StepFailed,
    treadle_client.StepRetryScheduled,
    treadle_client.StepSkipped,
    treadle_client.StepNotRun,
    treadle_client.StepReused,
    treadle_client.StepCancelled,
    treadle_client.CancelRequested,
    treadle_client.HookCompleted,
    treadle_client.HookErrored,
    treadle_client.RunFinished,
} - seen
assert missing == set(), missing
# Told only when it happens: an output that is made and not kept, a step that is run again for its value, and
# what Treadle itself has to say.
for rare in (
    treadle_client.OutputDiscarded,
    treadle_client.StepRecomputed,
    treadle_client.LogRecord,
):
    assert issubclass(rare, treadle_client.Event)
assert treadle_client.EventKind("step_recomputed") is treadle_client.EventKind.STEP_RECOMPUTED
