"""The contract is its own manual: what every RPC says, and that the reasons are all explained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PROTOS = Path(__file__).resolve().parents[2] / "protos" / "treadle_api" / "v1"
RPC = re.compile(r"((?:^ *//.*\n)+)^ *rpc (\w+)\(", re.MULTILINE)
REASON = re.compile(r"\b[A-Z]{2,}(?:_[A-Z]+)+\b")
STATUS_CODES = {
    "INVALID_ARGUMENT",
    "FAILED_PRECONDITION",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
}


def rpcs() -> Iterator[tuple[str, str]]:
    for path in sorted(PROTOS.glob("*.proto")):
        for comment, name in RPC.findall(path.read_text()):
            yield f"{path.stem}.{name}", comment


def listed_reasons() -> set[str]:
    text = (PROTOS / "error.proto").read_text()
    start, end = text.index("// Reasons, by status code:"), text.index("message Refusal")
    return set(REASON.findall(text[start:end])) - STATUS_CODES


@pytest.mark.parametrize(("name", "comment"), list(rpcs()))
def test_an_rpc_says_its_precondition_and_whether_it_may_be_repeated(
    name: str, comment: str
) -> None:
    assert "Precondition" in comment, name
    assert re.search(r"[Ii]dempotent", comment), name


@pytest.mark.parametrize(("name", "comment"), list(rpcs()))
def test_an_rpc_names_only_reasons_that_are_listed(name: str, comment: str) -> None:
    options = {"LOCATION_STATE_FAILED", "FROM_FAILURE"}

    assert set(REASON.findall(comment)) - STATUS_CODES - options <= listed_reasons(), name


def test_every_listed_reason_is_explained_by_a_service() -> None:
    services = "".join(path.read_text() for path in PROTOS.glob("*.proto") if path.stem != "error")

    unexplained = {reason for reason in listed_reasons() if reason not in services}

    assert unexplained == set()
