"""A client that is not Python's: buf curl learns the contract by reflection and runs a subset."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from google.rpc import error_details_pb2

from tests.e2e.conftest import Session, Start
from treadle_api.v1 import error_pb2

LAUNCHER = "treadle_api.v1.LauncherService"


@pytest.fixture
def session(shared: Start) -> Session:
    return shared("seed_subset.py")


def buf() -> str:
    found = shutil.which("buf", path=str(Path(sys.executable).parent)) or shutil.which("buf")
    assert found is not None, "buf comes with the dev extra (buf-bin)"
    return found


def curl(session: Session, *arguments: str) -> subprocess.CompletedProcess[str]:
    socket = session.client.address.removeprefix("unix:")
    command = [buf(), "curl", "--protocol", "grpc", "--http2-prior-knowledge"]
    return subprocess.run(
        [*command, "--unix-socket", socket, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def call(session: Session, method: str, request: dict[str, Any]) -> list[dict[str, Any]]:
    """Call a method and return the messages of its answer."""
    url = f"http://localhost/{LAUNCHER}/{method}"
    done = curl(session, "--data", json.dumps(request), url)
    assert done.returncode == 0, done.stderr
    decoder, rest, messages = json.JSONDecoder(), done.stdout.strip(), []
    while rest:
        message, end = decoder.raw_decode(rest)
        messages.append(message)
        rest = rest[end:].lstrip()
    return messages


def test_services_are_listed_by_reflection(session: Session) -> None:
    done = curl(session, "--list-services", "http://localhost")

    assert done.returncode == 0, done.stderr
    assert {LAUNCHER, "grpc.health.v1.Health"} <= set(done.stdout.split())


def test_assets_are_listed_by_reflection(session: Session) -> None:
    (page,) = call(session, "ListAssets", {})

    assert [entry["asset"]["key"] for entry in page["assets"]] == ["baz_asset", "foo_asset"]


def test_a_subset_is_planned_launched_and_watched(session: Session) -> None:
    selection = {"expressions": ["foo_asset"]}
    parts = call(session, "PlanRun", {"selection": selection})
    header = parts[0]["part"]["header"]
    verdicts = {
        step["key"]: step["verdict"] for each in parts for step in each["part"].get("steps", [])
    }

    (launched,) = call(
        session,
        "LaunchRun",
        {
            "selection": selection,
            "digest": header["digest"],
            "fingerprint": header["fingerprint"],
        },
    )
    watched = call(session, "WatchRun", {"runId": launched["run"]["id"]})

    events = [event for each in watched for event in each["events"]]
    assert verdicts == {
        "my_graph_assets.bar": "VERDICT_RUN",
        "my_graph_assets.foo": "VERDICT_RUN",
        "my_graph_assets.baz": "VERDICT_OMIT",
    }
    assert [int(event["sequence"]) for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["runFinished"]["state"] == "RUN_STATE_SUCCEEDED"


def test_a_refusal_arrives_with_its_details(session: Session) -> None:
    url = f"http://localhost/{LAUNCHER}/PlanRun"

    done = curl(session, "--data", '{"selection": {"expressions": ["fooasset"]}}', url)

    assert done.returncode != 0
    answer = json.loads(done.stderr)
    assert answer["code"] == "invalid_argument"
    details = {each["type"]: base64.b64decode(each["value"] + "==") for each in answer["details"]}
    info = error_details_pb2.ErrorInfo.FromString(details["google.rpc.ErrorInfo"])
    refusal = error_pb2.Refusal.FromString(details["treadle_api.v1.Refusal"])
    assert (info.reason, info.domain) == ("UNKNOWN_ASSET", "treadle")
    assert list(refusal.suggestions) == ["foo_asset"]
