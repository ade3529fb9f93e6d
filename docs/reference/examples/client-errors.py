import tempfile
from pathlib import Path

import treadle_client

MODULE = """
from treadle import Config, StaticPartitionsDefinition, asset

class Day(Config):
    day: str

@asset
def orders():
    return [40, 25, 10]

@asset
def broken(orders):
    raise ValueError("no rates today")

@asset
def told(config: Day):
    return config.day

@asset
def slow():
    import time
    time.sleep(60)

@asset(partitions_def=StaticPartitionsDefinition(["north", "south"]))
def visits(context):
    raise ValueError("closed")
"""


def refused(error, call):
    """Return what a call raises: each is a TreadleClientError that says what to do."""
    assert issubclass(error, treadle_client.TreadleClientError)
    try:
        call()
    except error as raised:
        assert str(raised)
        return raised
    raise AssertionError(error)


with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "shop.py"
    file.write_text(MODULE)
    with treadle_client.local(file, home=Path(folder) / "home") as client:
        # A RequestError: the launcher refuses what it is asked, with a class for each kind.
        refusal = refused(treadle_client.SelectionError, lambda: client.plan("ordrs"))
        assert isinstance(refusal, treadle_client.RequestError)
        told: treadle_client.Refusal = refusal.refusal
        assert told.suggestions == ("orders",)
        refused(treadle_client.ConfigError, lambda: client.plan("told"))
        refused(treadle_client.PartitionError, lambda: client.plan("visits", partition="west"))
        refused(treadle_client.NeverMaterializedError, lambda: client.plan("broken"))
        refused(treadle_client.NotFoundError, lambda: client.run("1" * 26))
        refused(treadle_client.NotMadeError, lambda: client.load("orders"))

        # An argument of the wrong kind is a ValueError: nothing was asked.
        try:
            client.materialize(plan="a plan")
        except treadle_client.WrongArgument as error:
            assert isinstance(error, ValueError)

        run = client.materialize("orders", idempotency_key="today")
        run.result().raise_for_failure()
        refused(treadle_client.RunFinishedError, run.cancel)
        refused(treadle_client.NothingFailedError, lambda: run.rerun("from_failure"))
        refused(
            treadle_client.IdempotencyConflictError,
            lambda: client.materialize("broken", idempotency_key="today"),
        )

        failed = refused(
            treadle_client.RunFailed, client.materialize("broken").result().raise_for_failure
        )
        why: treadle_client.Failure = failed.result.failed_steps[0].failure
        assert why.reason is treadle_client.FailureReason.USER_ERROR
        assert why.where is treadle_client.FailureWhere.COMPUTE
        assert why.source == treadle_client.SourceLocation(file=str(file), line=13)

        backfill = client.backfill("visits")
        ended = refused(treadle_client.BackfillFailed, backfill.result().raise_for_failure)
        state: treadle_client.BackfillState = ended.result.status
        assert state is treadle_client.BackfillState.FAILED
        partition: treadle_client.BackfillPartition = ended.result.partitions["north"]
        assert partition.state is treadle_client.BackfillPartitionState.FAILED

        slow = client.materialize("slow")
        refused(treadle_client.ResultTimeout, lambda: slow.result(timeout=0.1))
        refused(treadle_client.RunNotFinishedError, lambda: slow.rerun("all"))
        slow.cancel("enough")
        assert slow.result().status is treadle_client.RunState.CANCELLED
        assert issubclass(treadle_client.BackfillTimeout, TimeoutError)

        plan = client.plan("orders")
        file.write_text(MODULE.replace("40", "41"))
        reload: treadle_client.Reload = client.reload()
        assert reload.swapped
        stale = refused(treadle_client.StalePlanError, lambda: client.materialize(plan=plan))
        assert stale.changes
        refused(treadle_client.CodeChangedError, lambda: run.rerun("all", same_code=True))

        home = treadle_client.HomeInUseError
        refused(home, lambda: treadle_client.local(file, home=Path(folder) / "home").__enter__())
        address = client.address

    # Nobody answers any more.
    refused(
        treadle_client.UnreachableError, lambda: treadle_client.Client.connect(address, timeout=0.5)
    )

    file.write_text("import nothing_of_that_name")
    broken = refused(treadle_client.LoadError, lambda: treadle_client.local(file).__enter__())
    assert isinstance(broken, treadle_client.StartError)
    report: treadle_client.ModuleReport = broken.location.modules[0]
    assert report.state is treadle_client.ModuleState.RAISED
    assert broken.location.state is treadle_client.LocationState.FAILED

    # An argument that is none is a ValueError, before anything is asked.

# What is not seen here: a token that is wrong, a location that is not ready, nothing to backfill, a value
# whose module is not installed, and a fault of the launcher's own.
for request in (
    treadle_client.AccessError,
    treadle_client.LocationNotReadyError,
    treadle_client.NothingToBackfillError,
):
    assert issubclass(request, treadle_client.RequestError)
assert issubclass(treadle_client.ValueUnreadableError, treadle_client.TreadleClientError)
assert issubclass(treadle_client.ServerFaultError, treadle_client.TreadleClientError)
