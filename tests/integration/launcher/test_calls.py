"""Every call of LauncherService, with code servers and hosts behind it."""

from __future__ import annotations

from collections.abc import Iterator

import grpc
import pytest

from treadle_api.v1 import launcher_pb2, plan_pb2, run_pb2

SHOP = """
import logging, sys
from treadle import asset, define_asset_job, AssetOut, Definitions, Out, graph_multi_asset, op

@asset
def orders(context):
    print("to stdout")
    print("to stderr", file=sys.stderr)
    context.log.info("loaded")
    return [3, 4]

@asset
def total(orders):
    return sum(orders)

@asset
def talkative(context):
    context.log.warning("long: " + "x" * 40_000 + " end")
    return 1

@asset
def broken():
    raise ValueError("no luck")

@asset
def below(broken):
    return broken

@op(out={"left": Out(), "right": Out()})
def split():
    return 1, 2

@graph_multi_asset(outs={"left_half": AssetOut(), "right_half": AssetOut()})
def halves():
    left, right = split()
    return {"left_half": left, "right_half": right}

definitions = Definitions(
    assets=[orders, total, talkative, broken, below, halves],
    jobs=[define_asset_job("daily", selection="orders", tags={"team": "data"})],
)
"""

OTHER = """
from treadle import AssetSpec, asset, Definitions

@asset
def orders():
    return "another"

@asset
def report():
    return "a report"

definitions = Definitions(assets=[orders, report])
"""


@pytest.fixture(scope="module")
def caller(shared_services) -> Iterator:
    services = shared_services
    shop = services.code_server(services.module("shop", SHOP), "shop")
    other = services.code_server(services.module("other_shop", OTHER), "zoo")
    launcher = services.launcher(
        "--location", shop.address, "--location", f"zoo={other.address}", ephemeral=True
    )
    return services.caller(launcher.address)


@pytest.fixture(scope="module")
def made(caller) -> str:
    """A run that made orders and total."""
    run_id = caller.launch("orders or total")
    assert caller.events(run_id)[-1].run_finished.state == run_pb2.RUN_STATE_SUCCEEDED
    return run_id


def test_locations_say_what_another_one_owns(caller):
    shop, zoo = caller.ListLocations().locations
    assert (shop.name, zoo.name) == ("shop", "zoo")
    assert not any("CONFLICT" in warning for warning in shop.warnings)
    assert any("orders belongs to location shop" in warning for warning in zoo.warnings)


def test_a_graph_is_streamed_with_its_conflicts_marked(caller):
    parts = list(caller.StreamGraph(location="zoo"))
    conflicts = {asset.key: asset.conflict for response in parts for asset in response.part.assets}
    assert conflicts == {"orders": True, "report": False}


def test_a_plan_comes_with_its_loads_resolved(caller, made):
    parts = list(caller.PlanRun(selection={"expressions": ["total"]}))
    (load,) = [load for response in parts for load in response.part.loads]
    assert parts[0].part.header.location == "shop"
    assert (load.asset_key, load.run_id) == ("orders", made)
    assert load.state == plan_pb2.LOAD_STATE_RECORDED
    assert load.value_ref.key.startswith("assets/shop/orders/")


def test_a_misspelt_key_is_refused_with_suggestions(caller):
    code, refusal = caller.refusal(
        lambda: caller.PlanRun(selection={"expressions": ["ordres"]}, location="shop")
    )
    assert (code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "UNKNOWN_ASSET")
    assert list(refusal.names) == ["ordres"]
    assert "orders" in refusal.suggestions


def test_a_key_that_no_location_has_is_refused_for_all(caller):
    code, refusal = caller.refusal(lambda: caller.PlanRun(selection={"expressions": ["nothing"]}))
    assert (code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "UNKNOWN_ASSET")


def test_a_selection_of_two_locations_is_refused(caller):
    code, refusal = caller.refusal(
        lambda: caller.PlanRun(selection={"expressions": ["total", "report"]})
    )
    assert (code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "SPANS_LOCATIONS")


def test_an_unknown_location_is_refused_with_those_there_are(caller):
    code, refusal = caller.refusal(lambda: caller.StreamGraph(location="shopp"))
    assert (code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "UNKNOWN_LOCATION")
    assert list(refusal.suggestions) == ["shop"]


def test_a_part_of_a_whole_block_is_refused_with_the_smallest_that_works(caller):
    code, refusal = caller.refusal(lambda: caller.PlanRun(selection={"expressions": ["left_half"]}))
    assert (code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "PARTIAL_BLOCK")
    smallest = {"expressions": [refusal.smallest_selection]}
    assert list(caller.PlanRun(selection=smallest))


def test_a_load_that_nobody_made_is_refused_with_a_selection_that_makes_it(caller):
    code, refusal = caller.refusal(lambda: caller.PlanRun(selection={"expressions": ["below"]}))
    assert (code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "NEVER_MATERIALIZED")
    smallest = {"expressions": [refusal.smallest_selection]}
    assert list(caller.PlanRun(selection=smallest))
    tried = {"unrecorded_loads": plan_pb2.UNRECORDED_LOADS_TRY}
    assert list(caller.PlanRun(selection={"expressions": ["below"]}, options=tried))


def test_a_plan_that_was_seen_is_launched_and_another_one_is_not(caller, made):
    selection = {"expressions": ["total"]}
    header = next(iter(caller.PlanRun(selection=selection))).part.header
    pins = {"digest": header.digest, "fingerprint": header.fingerprint}
    assert caller.LaunchRun(selection=selection, **pins).run.fingerprint == header.fingerprint
    code, refusal = caller.refusal(
        lambda: [caller.LaunchRun(selection={"expressions": ["orders"]}, **pins)]
    )
    assert (code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "STALE_PLAN")
    assert "asset total is selected no more" in refusal.changes


def test_a_named_request_makes_one_run_and_its_name_no_other(caller):
    first = caller.LaunchRun(selection={"expressions": ["orders"]}, idempotency_key="k1")
    again = caller.LaunchRun(selection={"expressions": ["orders"]}, idempotency_key="k1")
    assert (first.existed, again.existed) == (False, True)
    assert again.run.id == first.run.id
    code, refusal = caller.refusal(
        lambda: [caller.LaunchRun(selection={"expressions": ["total"]}, idempotency_key="k1")]
    )
    assert (code, refusal.reason) == (grpc.StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_CONFLICT")
    assert list(refusal.names) == [first.run.id]


def test_a_job_gives_its_tags_and_the_caller_s_win(caller):
    run = caller.LaunchRun(
        location="shop", selection={"job": "daily"}, tags={"team": "mine", "why": "test"}
    ).run
    assert dict(run.tags) == {"team": "mine", "why": "test"}
    assert dict(caller.LaunchRun(location="shop", selection={"job": "daily"}).run.tags) == {
        "team": "data"
    }


def test_a_watcher_that_resumes_sees_the_rest_without_gap(caller, made):
    everything = [event.sequence for event in caller.events(made)]
    assert everything == list(range(1, len(everything) + 1))
    assert [event.sequence for event in caller.events(made, after=5)] == everything[5:]
    assert caller.events(made, after=len(everything)) == []


def test_runs_are_listed_newest_first_in_pages(caller, made):
    page = caller.ListRuns(page_size=1)
    seen = [run.id for run in page.runs]
    while page.next_page_token:
        page = caller.ListRuns(page_size=1, page_token=page.next_page_token)
        seen += [run.id for run in page.runs]
    assert seen == sorted(seen, reverse=True)
    assert made in seen
    code, refusal = caller.refusal(lambda: [caller.ListRuns(page_token="nonsense")])
    assert (code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "BAD_PAGE_TOKEN")


def test_steps_are_listed_in_plan_order_in_pages(caller, made):
    first = caller.ListRunSteps(run_id=made, page_size=1)
    (rest,) = caller.ListRunSteps(run_id=made, page_token=first.next_page_token).steps
    (orders,) = first.steps
    assert (orders.key, rest.key) == ("orders", "total")
    assert orders.state == run_pb2.STEP_STATE_SUCCEEDED
    assert orders.attempts == 1
    assert orders.duration_us > 0
    assert orders.HasField("finished_at")


def test_a_failed_run_says_why_and_what_it_did_not_run(caller):
    run_id = caller.launch("broken or below")
    assert caller.events(run_id)[-1].run_finished.failed_step_keys == ["broken"]
    run = caller.GetRun(run_id=run_id).run
    assert run.state == run_pb2.RUN_STATE_FAILED
    assert run.failure.error_class == "builtins.ValueError"
    broken, below = caller.ListRunSteps(run_id=run_id).steps
    assert "no luck" in broken.failure.traceback.head
    assert (below.state, below.because_of) == (run_pb2.STEP_STATE_NOT_RUN, "broken")


def test_what_an_attempt_wrote_is_read_by_stream_and_from_an_offset(caller, made):
    def read(**fields):
        chunks = list(caller.ReadLogs(run_id=made, step_key="orders", **fields))
        return b"".join(chunk.data for chunk in chunks)

    assert read(stream=launcher_pb2.LOG_STREAM_STDOUT) == b"to stdout\n"
    assert read(stream=launcher_pb2.LOG_STREAM_STDERR, offset=3, attempt=1) == b"stderr\n"
    assert b"loaded" in read(stream=launcher_pb2.LOG_STREAM_LOG, follow=True)
    assert read().startswith(b"to stdout\nto stderr\n")
    assert read(attempt=7) == b""
    code, refusal = caller.refusal(lambda: caller.ReadLogs(run_id=made, step_key="nothing"))
    assert (code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "UNKNOWN_STEP")


def test_a_long_text_is_cut_in_its_event_and_streamed_whole(caller):
    events = caller.events(caller.launch("talkative"))
    (message,) = [event.log_record.message for event in events if event.HasField("log_record")]
    assert message.omitted_bytes > 0
    pieces = [piece.piece for piece in caller.ReadText(text_id=message.text_id)]
    assert "".join(pieces) == "long: " + "x" * 40_000 + " end"
    code, refusal = caller.refusal(lambda: caller.ReadText(text_id="nothing"))
    assert (code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "UNKNOWN_TEXT")


def test_a_run_that_is_over_cannot_be_cancelled(caller, made):
    code, refusal = caller.refusal(lambda: [caller.CancelRun(run_id=made)])
    assert (code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "RUN_FINISHED")


@pytest.mark.parametrize("call", ["GetRun", "ListRunSteps", "CancelRun", "ListMaterializations"])
def test_a_run_that_does_not_exist_is_refused(caller, call):
    code, refusal = caller.refusal(lambda: [getattr(caller, call)(run_id="nobody")])
    assert (code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "UNKNOWN_RUN")


def test_a_run_that_does_not_exist_cannot_be_watched(caller):
    code, refusal = caller.refusal(lambda: caller.WatchRun(run_id="nobody"))
    assert (code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "UNKNOWN_RUN")


def test_assets_are_listed_with_their_owner_and_latest_materialization(caller, made):
    assets = caller.ListAssets().assets
    keys = [entry.asset.key for entry in assets]
    assert keys == sorted(keys)
    owners = {entry.asset.key: entry.location for entry in assets}
    assert owners["orders"] == "shop"
    assert owners["report"] == "zoo"
    latest = {entry.asset.key: entry.latest for entry in assets}
    assert latest["total"].step_key == "total"
    assert not next(e for e in assets if e.asset.key == "report").HasField("latest")


def test_materializations_are_listed_by_asset_and_by_run(caller, made):
    by_run = caller.ListMaterializations(run_id=made).materializations
    assert [each.asset_key for each in by_run] == ["total", "orders"]
    by_asset = caller.ListMaterializations(asset_key="orders").materializations
    assert made in [each.run_id for each in by_asset]
    code, refusal = caller.refusal(lambda: [caller.ListMaterializations()])
    assert (code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "BAD_ARGUMENT")
    code, refusal = caller.refusal(lambda: [caller.ListMaterializations(asset_key="order")])
    assert (code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "UNKNOWN_ASSET")
    assert "orders" in refusal.suggestions


def test_an_asset_that_another_location_owns_is_not_made_by_a_run_on_all(caller):
    run_id = caller.launch(location="zoo")
    caller.events(run_id)
    made = caller.ListMaterializations(run_id=run_id).materializations
    assert [each.asset_key for each in made] == ["report"]


def test_newer_code_is_served_after_a_reload_and_a_plan_that_was_seen_is_stale(services):
    module = services.module(
        "changing", "from treadle import asset\n\n@asset\ndef a():\n    return 1\n"
    )
    code_server = services.code_server(module, "code")
    launcher = services.launcher("--location", code_server.address, ephemeral=True)
    caller = services.caller(launcher.address)
    header = next(iter(caller.PlanRun(selection={"expressions": ["a"]}))).part.header
    pins = {"digest": header.digest, "fingerprint": header.fingerprint}
    module.write_text(module.read_text().replace("return 1", "return 2"))
    reloaded = caller.ReloadLocation()
    assert reloaded.swapped
    assert reloaded.location.digest != header.digest
    code, refusal = caller.refusal(
        lambda: [caller.LaunchRun(selection={"expressions": ["a"]}, **pins)]
    )
    assert (code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "STALE_PLAN")
    assert any("op" in change and "changed" in change for change in refusal.changes)
    # Unpinned, code that is newer than the snapshot is planned anew before the first op.
    module.write_text(module.read_text().replace("return 2", "return 3"))
    events = caller.events(caller.launch("a"))
    assert events[-1].run_finished.state == run_pb2.RUN_STATE_SUCCEEDED
    (ready,) = [event.host_ready for event in events if event.HasField("host_ready")]
    assert ready.digest not in (header.digest, reloaded.location.digest)
    # A plan that was seen does not become another one.
    module.write_text(module.read_text().replace("return 3", "return 4"))
    caller.ReloadLocation()
    header = next(iter(caller.PlanRun(selection={"expressions": ["a"]}))).part.header
    pins = {"digest": header.digest, "fingerprint": header.fingerprint}
    module.write_text(module.read_text().replace("return 4", "return 5"))
    (finished,) = [
        event.run_finished
        for event in caller.events(caller.launch("a", **pins))
        if event.HasField("run_finished")
    ]
    assert finished.failure.reason == run_pb2.FAILURE_REASON_STALE
