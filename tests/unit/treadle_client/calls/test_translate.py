from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest

import treadle_client
from treadle_client import Client

ERROR_PROTO = Path(__file__).parents[4] / "protos" / "treadle_api" / "v1" / "error.proto"

INVALID = grpc.StatusCode.INVALID_ARGUMENT
PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION
NOT_FOUND = grpc.StatusCode.NOT_FOUND
UNAVAILABLE = grpc.StatusCode.UNAVAILABLE

RAISED = {
    "SELECTION_SYNTAX": (INVALID, treadle_client.SelectionError),
    "UNKNOWN_ASSET": (INVALID, treadle_client.SelectionError),
    "EMPTY_SELECTION": (INVALID, treadle_client.SelectionError),
    "SELECTION_AMBIGUOUS": (INVALID, treadle_client.SelectionError),
    "BAD_PAGE_TOKEN": (INVALID, treadle_client.RequestError),
    "BAD_ARGUMENT": (INVALID, treadle_client.RequestError),
    "PARTIAL_BLOCK": (PRECONDITION, treadle_client.SelectionError),
    "NEVER_MATERIALIZED": (PRECONDITION, treadle_client.NeverMaterializedError),
    "STALE_PLAN": (PRECONDITION, treadle_client.StalePlanError),
    "NOT_LOADED": (PRECONDITION, treadle_client.LocationNotReadyError),
    "UNSTABLE": (PRECONDITION, treadle_client.LocationNotReadyError),
    "NO_HOST_FOR_LOCATION": (PRECONDITION, treadle_client.LocationNotReadyError),
    "RUN_FINISHED": (PRECONDITION, treadle_client.RunFinishedError),
    "RUN_NOT_FINISHED": (PRECONDITION, treadle_client.RunNotFinishedError),
    "BACKFILL_FINISHED": (PRECONDITION, treadle_client.RequestError),
    "BACKFILL_NOT_FINISHED": (PRECONDITION, treadle_client.RequestError),
    "NOTHING_TO_BACKFILL": (PRECONDITION, treadle_client.NothingToBackfillError),
    "UNKNOWN_BACKFILL": (NOT_FOUND, treadle_client.NotFoundError),
    "NOTHING_FAILED": (PRECONDITION, treadle_client.NothingFailedError),
    "CODE_CHANGED": (PRECONDITION, treadle_client.CodeChangedError),
    "RUN_LEFT": (PRECONDITION, treadle_client.RequestError),
    "READS_ONLY": (PRECONDITION, treadle_client.RequestError),
    "UNKNOWN_STEPS": (INVALID, treadle_client.SelectionError),
    "BAD_CONFIG": (INVALID, treadle_client.ConfigError),
    "BAD_PARTITION": (INVALID, treadle_client.PartitionError),
    "NOT_PARTITIONED": (INVALID, treadle_client.PartitionError),
    "UNKNOWN_PARTITIONS": (INVALID, treadle_client.PartitionError),
    "SPANS_LOCATIONS": (PRECONDITION, treadle_client.SelectionError),
    "UNKNOWN_RUN": (NOT_FOUND, treadle_client.NotFoundError),
    "UNKNOWN_STEP": (NOT_FOUND, treadle_client.NotFoundError),
    "UNKNOWN_LOCATION": (NOT_FOUND, treadle_client.NotFoundError),
    "UNKNOWN_JOB": (NOT_FOUND, treadle_client.SelectionError),
    "UNKNOWN_TEXT": (NOT_FOUND, treadle_client.NotFoundError),
    "IDEMPOTENCY_CONFLICT": (
        grpc.StatusCode.ALREADY_EXISTS,
        treadle_client.IdempotencyConflictError,
    ),
    "LOCATION_UNREACHABLE": (UNAVAILABLE, treadle_client.UnreachableError),
    "SHUTTING_DOWN": (UNAVAILABLE, treadle_client.UnreachableError),
    "HOME_UNREADABLE": (UNAVAILABLE, treadle_client.UnreachableError),
    "HOME_UNAVAILABLE": (UNAVAILABLE, treadle_client.RequestError),
    "NOT_LOCAL": (grpc.StatusCode.PERMISSION_DENIED, treadle_client.LocationNotReadyError),
    "BAD_TOKEN": (grpc.StatusCode.UNAUTHENTICATED, treadle_client.AccessError),
    "WATCHER_BEHIND": (grpc.StatusCode.RESOURCE_EXHAUSTED, treadle_client.RequestError),
    "INTERNAL": (grpc.StatusCode.INTERNAL, treadle_client.ServerFaultError),
}


@pytest.fixture
def client(address):
    with Client.connect(address, patience=0.0) as client:
        yield client


def test_every_reason_of_the_contract_is_here():
    comment = re.split(r"Reasons, by status code:", ERROR_PROTO.read_text())[1]
    comment = comment.split("message Refusal")[0]
    codes = {code.name for code in grpc.StatusCode}

    words = set(re.findall(r"[A-Z]{2,}(?:_[A-Z]+)*", comment))

    assert words - (codes - {"INTERNAL"}) == set(RAISED)


@pytest.mark.parametrize(("reason", "code", "error"), [(r, *c) for r, c in RAISED.items()])
def test_a_refusal_is_raised_as_its_own_error(client, refuse, reason, code, error):
    refuse("PlanRun", code, reason, message="because")

    with pytest.raises(error) as caught:
        client.plan("x")

    assert type(caught.value) is error
    assert "because" in str(caught.value)
    # It is there for who asks, and no traceback shows it.
    assert isinstance(caught.value.__context__, grpc.RpcError)
    assert caught.value.__suppress_context__


def test_an_asset_without_a_history_is_not_found_instead_of_a_wrong_selection(client, refuse):
    refuse("ListMaterializations", NOT_FOUND, "UNKNOWN_ASSET", suggestions=["foo"])

    with pytest.raises(treadle_client.NotFoundError) as caught:
        list(client.materializations("fo"))

    assert caught.value.suggestions == ("foo",)


def test_a_missing_token_says_how_to_give_it(client, refuse):
    refuse("PlanRun", grpc.StatusCode.UNAUTHENTICATED, "BAD_TOKEN", message="because")

    with pytest.raises(treadle_client.AccessError) as caught:
        client.plan("x")

    told = "because\nGive the launcher's token: --token-file FILE, in Python token_file=…"
    assert str(caught.value) == told


def test_a_stale_plan_says_what_changed(client, refuse):
    refuse("LaunchRun", PRECONDITION, "STALE_PLAN", message="stale", changes=["op foo"])

    with pytest.raises(treadle_client.StalePlanError) as caught:
        client.materialize("x")

    assert caught.value.changes == ("op foo",)
    assert str(caught.value) == "stale\n  op foo"


def test_an_idempotency_conflict_names_the_run(client, refuse):
    refuse("LaunchRun", grpc.StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_CONFLICT", names=["01H"])

    with pytest.raises(treadle_client.IdempotencyConflictError) as caught:
        client.materialize("x", idempotency_key="k")

    assert caught.value.run_id == "01H"


def test_a_server_that_is_no_launcher_is_unreachable(socket_folder):
    server = grpc.server(ThreadPoolExecutor(max_workers=1))
    server.add_insecure_port(f"unix:{socket_folder}/other")
    server.start()

    with pytest.raises(treadle_client.UnreachableError, match="not a Treadle launcher"):
        Client.connect(f"unix:{socket_folder}/other")

    server.stop(None).wait()


def test_an_error_that_no_service_explained_is_a_fault(client, launcher):
    launcher.broken.add("GetRun")

    with pytest.raises(treadle_client.ServerFaultError, match="UNKNOWN"):
        client.run("r")
