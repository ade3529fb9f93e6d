"""What is so of every message: frozen, equal by fields, replaced as dataclasses are."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest

from treadle_api.codec import from_proto, to_proto
from treadle_api.v1 import policy_pb2, run_pb2, worker_pb2
from treadle_contract import json_codec
from treadle_contract.bounds import check
from treadle_contract.codeserver import LaunchSpec
from treadle_contract.ids import TaskId
from treadle_contract.message import ContractError
from treadle_contract.plan import Selection
from treadle_contract.policy import Backoff, RetryCause, RetryPolicy
from treadle_contract.run import Failure, FailureReason
from treadle_contract.value import MetadataEntry
from treadle_contract.worker import Ack, AckState, Cancel, HostFrame, Report

ACK = Ack(task_id=TaskId("r/a/1"), state=AckState.RUNNING)


def test_a_message_is_a_frozen_value() -> None:
    assert dataclasses.replace(ACK, state=AckState.ENDED) != ACK
    assert dataclasses.replace(ACK) == ACK
    assert hash(dataclasses.replace(ACK)) == hash(ACK)
    assert [field.name for field in dataclasses.fields(ACK)] == ["task_id", "state"]
    assert pickle.loads(pickle.dumps(ACK)) == copy.deepcopy(ACK) == ACK
    assert repr(ACK) == "Ack(task_id='r/a/1', state=<AckState.RUNNING: 'running'>)"
    with pytest.raises(AttributeError, match="frozen"):
        ACK.state = AckState.ENDED  # type: ignore[misc]
    with pytest.raises(AttributeError, match="frozen"):
        del ACK.state


def test_a_class_that_is_derived_has_fields_of_its_own() -> None:
    class Longer(Ack):
        __match_args__ = (*Ack.__match_args__, "more")

    assert len(dataclasses.fields(Ack)) == 2
    assert [field.name for field in dataclasses.fields(Longer)] == ["task_id", "state", "more"]


def test_what_must_be_set_has_no_default() -> None:
    with pytest.raises(TypeError, match="state"):
        Ack(task_id=TaskId("r/a/1"))  # type: ignore[call-arg]


def test_messages_of_a_oneof_are_told_apart_by_class() -> None:
    match HostFrame(frame=ACK).frame:
        case Ack(task_id=task_id):
            assert task_id == "r/a/1"
        case _:
            pytest.fail("it is an Ack")


def test_what_is_not_known_here_is_kept() -> None:
    policy = from_proto(policy_pb2.RetryPolicy(max_retries=1, backoff=77, on=[5, 99]), RetryPolicy)  # type: ignore[arg-type,list-item]

    assert policy.backoff not in set(Backoff)
    assert policy.backoff == "77"
    assert policy.on == (RetryCause.EXIT, "99")
    assert not policy.on[1].is_known
    assert to_proto(policy, policy_pb2.RetryPolicy).on == [5, 99]
    assert json_codec.loads(RetryPolicy, json_codec.dumps(policy)) == policy
    newer = b'{"maxRetries": 1, "backoff": "BACKOFF_FIBONACCI", "colour": {"a": [1]}}'
    assert json_codec.loads(RetryPolicy, newer).backoff == "fibonacci"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "HostFrame is not JSON"),
        ("[]", "HostFrame is []; it must be an object"),
        ('{"ack": 1}', "HostFrame.ack is 1; it must be an object"),
        ('{"ack": {"taskId": 5}}', "HostFrame.ack.task_id is 5; it must be text"),
        ('{"ack": {"taskId": "a"}}', "HostFrame.ack.state is not set"),
        ('{"ack": {"taskId": "\\ud800", "state": 1}}', "HostFrame.ack.task_id is not text"),
        ('{"report": {"records": [{"number": "1x"}]}}', "HostFrame.report.records[0].number is"),
        ('{"report": {"records": [{"attempt": 3000000000}]}}', "it must be -2,147,483,648 to"),
        ('{"report": {"records": {"a": 1}}}', "HostFrame.report.records is"),
        ('{"report": {"records": [{"time": "yesterday"}]}}', "must be a moment as of RFC 3339"),
        ('{"report": {"records": [{}]}}', "HostFrame.report.records[0].time is not set"),
    ],
)
def test_json_that_is_no_message_is_refused_by_field(text: str, said: str) -> None:
    with pytest.raises(ContractError) as caught:
        json_codec.loads(HostFrame, text.encode())

    assert str(caught.value).startswith(said) or said in str(caught.value)


@pytest.mark.parametrize(
    "where",
    [
        10**12,
        -(10**12),
        "²",
        "--5",
        "9" * 400,
        "N" * 300,
        "t\u0131meout",
        "FAILURE_WHERE_LOAD ",
        "",
        "1e3 ",
    ],
)
def test_what_no_enum_has_is_refused_by_field(where: object) -> None:
    with pytest.raises(ContractError, match=r"^Failure\.where is .{1,100}; it must be the name"):
        json_codec.decode(Failure, {"reason": "FAILURE_REASON_OOM", "where": where})


def test_a_value_that_looks_like_a_member_is_none() -> None:
    odd = FailureReason("t\u0131meout")

    assert odd not in set(FailureReason)
    assert not odd.is_known
    assert to_proto(Failure(reason=odd, message="m"), run_pb2.Failure).reason == 0


def test_a_user_s_value_that_is_none_is_refused_by_field() -> None:
    text = b'{"name": "a", "value": {"listValue": {"values": [{"intValue": "x"}]}}}'

    with pytest.raises(ContractError, match=r"value\.list_value\.values\[0\]\.int_value is 'x'"):
        json_codec.loads(MetadataEntry, text)


def test_values_nested_without_end_are_refused() -> None:
    deep = '{"listValue":{"values":[' * 400 + "{}" + "]}}" * 400
    text = f'{{"report":{{"records":[{{"failed":{{"failure":{{"metadata":[{{"value":{deep}}}]}}}}}}]}}}}'
    with pytest.raises(ContractError):
        json_codec.loads(HostFrame, text.encode())


def test_a_message_that_must_be_there_and_is_not_is_named() -> None:
    frame = worker_pb2.HostFrame(report={"records": [{"number": 1}]})  # type: ignore[arg-type]
    with pytest.raises(ContractError, match=r"^HostFrame\.report\.records\[0\]\.time is not set$"):
        from_proto(frame, HostFrame)


def test_the_check_names_the_place() -> None:
    frame = HostFrame(frame=Ack(task_id=TaskId("a\nb"), state=AckState.RUNNING))
    with pytest.raises(ContractError, match=r"^HostFrame\.ack\.task_id is 'a\\nb'; it must be one"):
        check(frame)
    with pytest.raises(ContractError, match=r"^Ack\.task_id is not set$"):
        check(Ack(task_id=TaskId(""), state=AckState.RUNNING))
    check(HostFrame(frame=Report()))
    check(Cancel())


def test_a_copy_is_changed_in_what_is_named_alone() -> None:
    task = Selection(expressions=("a",), job="j")

    assert task.__replace__(job="k") == Selection(expressions=("a",), job="k")
    assert task == Selection(expressions=("a",), job="j")
    with pytest.raises(TypeError, match="Selection has no field 'jobs'"):
        task.__replace__(jobs="k")


def test_the_variables_of_a_process_are_not_in_the_text() -> None:
    spec = LaunchSpec(
        interpreter="/python",
        working_directory="/w",
        targets=(),
        environment={"PASSWORD": "secret"},
        digest="d",
        import_timeout_ms=1,
    )

    assert "secret" not in repr(spec)
    assert "environment=…" in repr(spec)
