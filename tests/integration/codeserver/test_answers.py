"""What a code server answers from a snapshot: location, graph, manifest, plans, refusals."""

from __future__ import annotations

import os
import queue
import sys
from pathlib import Path

import grpc
import pytest

from tests.integration.codeserver.conftest import CodeServer, refusal_of
from treadle_api.v1 import codeserver_pb2, graph_pb2, plan_pb2


def test_the_location_says_how_its_targets_were_loaded(seed: CodeServer) -> None:
    location = seed.location()

    (module,) = location.modules
    assert location.name == "seed_like"
    assert location.state == graph_pb2.LOCATION_STATE_SERVING
    assert len(location.digest) == 64
    assert (location.asset_count, location.step_count) == (5, 5)
    assert module.state == graph_pb2.MODULE_STATE_LOADED
    assert module.target.endswith("/seed_like.py")


def test_the_graph_is_that_of_the_module(seed: CodeServer) -> None:
    (part,) = seed.graph()

    assert part.location == seed.location()
    assert [block.name for block in part.blocks] == ["below", "my_graph_assets", "two_assets"]
    assert [asset.key for asset in part.assets] == [
        "baz_asset",
        "below",
        "first_asset",
        "foo_asset",
        "second_asset",
    ]
    assert {step.key for step in part.steps} >= {"my_graph_assets.bar", "my_graph_assets.foo"}
    (job,) = part.jobs
    assert (job.name, list(job.asset_keys)) == ("nightly", ["below", "foo_asset"])


def test_a_graph_that_the_caller_has_is_not_sent_again(seed: CodeServer) -> None:
    def asked(digest: str) -> list[codeserver_pb2.GetGraphResponse]:
        request = codeserver_pb2.GetGraphRequest(known_digest=digest)
        return list(seed.stub.GetGraph(request, timeout=30))

    (same,) = asked(seed.location().digest)
    (other,) = asked("another")

    assert same.unchanged
    assert same.part == graph_pb2.GraphPart(location=seed.location())
    assert not other.unchanged
    assert [other.part] == seed.graph()


def test_what_a_selection_names_is_said_whole_blocks_or_not(seed: CodeServer) -> None:
    def named(expression: str) -> list[str]:
        request = codeserver_pb2.SelectRequest(selection={"expressions": [expression]})
        return [key for part in seed.stub.Select(request, timeout=30) for key in part.asset_keys]

    assert named("first_asset or foo_asset") == ["first_asset", "foo_asset"]
    with pytest.raises(grpc.RpcError) as raised:
        named("first_aset")
    info, _ = refusal_of(raised.value)
    assert info.reason == "UNKNOWN_ASSET"


def test_a_plan_on_record_asks_what_is_stored_and_goes_on_from_the_answer(seed: CodeServer) -> None:
    turns: queue.Queue[codeserver_pb2.PlanOnRecordRequest | None] = queue.Queue()
    plan = {"selection": {"expressions": ["below"]}}
    turns.put(codeserver_pb2.PlanOnRecordRequest(plan=plan, last=True))
    call = seed.stub.PlanOnRecord(iter(turns.get, None), timeout=30)

    question = next(call).question
    fact = {"asset_key": question.recorded_asset_keys[0], "recorded": True}
    turns.put(codeserver_pb2.PlanOnRecordRequest(facts=[fact], last=True))
    (answer,) = call
    turns.put(None)

    assert question.last
    assert [load.asset_key for load in answer.part.loads] == list(question.recorded_asset_keys)


def test_a_plan_on_record_that_is_not_asked_for_to_the_end_is_refused(seed: CodeServer) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        list(seed.stub.PlanOnRecord(iter([codeserver_pb2.PlanOnRecordRequest()]), timeout=30))

    info, refusal = refusal_of(raised.value)
    assert (info.reason, list(refusal.names)) == ("BAD_ARGUMENT", ["last"])


def test_a_brief_plan_is_of_the_same_fingerprint(seed: CodeServer) -> None:
    selection = plan_pb2.Selection(expressions=["foo_asset"])
    request = codeserver_pb2.PlanRequest(selection=selection, brief=True)
    (brief,) = (response.part for response in seed.stub.Plan(request, timeout=30))
    (whole,) = seed.plan("foo_asset")

    omitted = [step for step in whole.steps if step.verdict == plan_pb2.VERDICT_OMIT]
    assert brief.header.fingerprint == whole.header.fingerprint
    assert brief.header.omitted_step_count == len(omitted) > 0
    assert [step.key for step in brief.steps] == [
        step.key for step in whole.steps if step not in omitted
    ]


def test_the_manifest_names_what_the_digest_is_made_of(seed: CodeServer) -> None:
    call = seed.stub.GetManifest(codeserver_pb2.GetManifestRequest(), timeout=30)
    (response,) = call

    assert response.digest == seed.location().digest
    assert response.manifest.ops
    assert [entry.name for entry in response.manifest.files] == ["seed_like"]


def test_a_plan_of_a_subset_runs_what_it_needs(seed: CodeServer) -> None:
    (part,) = seed.plan("baz_asset")

    foo = next(step for step in part.steps if step.key == "my_graph_assets.foo")
    assert part.header.location == "seed_like"
    assert part.header.digest == seed.location().digest
    assert len(part.header.fingerprint) == 64
    assert list(part.header.selection.expressions) == ["baz_asset"]
    assert list(part.header.selected_asset_keys) == ["baz_asset"]
    assert part.header.selected_asset_count == 1
    assert foo.verdict == plan_pb2.VERDICT_RUN
    assert list(foo.selected_outputs) == ["foo_2"]


def test_equal_requests_give_equal_bytes(seed: CodeServer) -> None:
    parts = [b"".join(part.SerializeToString(deterministic=True) for part in seed.plan("*"))]
    parts += [b"".join(part.SerializeToString(deterministic=True) for part in seed.plan("*"))]

    assert parts[0] == parts[1]


def test_a_plan_that_reads_another_block_loads_and_does_not_resolve(seed: CodeServer) -> None:
    (part,) = seed.plan("below")

    (load,) = part.loads
    assert load.asset_key == "baz_asset"
    assert [reader.step_key for reader in load.readers] == ["below"]
    assert load.builtin_manager
    assert load.state == plan_pb2.LOAD_STATE_UNSPECIFIED


def test_a_job_is_planned_by_its_name(seed: CodeServer) -> None:
    (part,) = seed.plan(job="nightly")

    assert list(part.header.selected_asset_keys) == ["below", "foo_asset"]


def test_the_choices_that_were_asked_for_stand_in_the_plan(seed: CodeServer) -> None:
    (part,) = seed.plan("baz_asset", unselected_outputs=plan_pb2.UNSELECTED_OUTPUTS_DISCARD)

    kept = [step for step in part.steps if step.verdict == plan_pb2.VERDICT_RUN]
    assert part.header.options.unselected_outputs == plan_pb2.UNSELECTED_OUTPUTS_DISCARD
    assert {step.unselected_outputs for step in kept} == {plan_pb2.UNSELECTED_OUTPUTS_DISCARD}


def test_a_misspelt_asset_is_refused_with_a_suggestion(seed: CodeServer) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        seed.plan("bazz_asset")

    info, refusal = refusal_of(caught.value)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert (info.reason, info.domain, info.metadata["name"]) == (
        "UNKNOWN_ASSET",
        "treadle",
        "bazz_asset",
    )
    assert refusal.reason == "UNKNOWN_ASSET"
    assert list(refusal.names) == ["bazz_asset"]
    assert refusal.suggestions[0] == "baz_asset"


def test_a_part_of_a_block_is_refused_with_a_selection_that_is_accepted(seed: CodeServer) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        seed.plan("first_asset")

    _, refusal = refusal_of(caught.value)
    (accepted,) = seed.plan(refusal.smallest_selection)
    assert caught.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert refusal.reason == "PARTIAL_BLOCK"
    assert list(accepted.header.selected_asset_keys) == ["first_asset", "second_asset"]


@pytest.mark.parametrize(
    ("expression", "job", "reason", "code"),
    [
        ("foo_asset and (", "", "SELECTION_SYNTAX", grpc.StatusCode.INVALID_ARGUMENT),
        ("below and foo_asset", "", "EMPTY_SELECTION", grpc.StatusCode.INVALID_ARGUMENT),
        ("", "nightlie", "UNKNOWN_JOB", grpc.StatusCode.NOT_FOUND),
    ],
)
def test_what_cannot_be_planned_is_refused_with_its_reason(
    seed: CodeServer, expression: str, job: str, reason: str, code: grpc.StatusCode
) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        seed.plan(*filter(None, [expression]), job=job)

    info, refusal = refusal_of(caught.value)
    assert caught.value.code() == code
    assert info.reason == refusal.reason == reason


def test_an_unknown_choice_is_refused(seed: CodeServer) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        seed.plan("below", siblings=77)

    _, refusal = refusal_of(caught.value)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert refusal.reason == "BAD_ARGUMENT"


def test_the_launch_spec_says_how_a_host_is_started(seed: CodeServer) -> None:
    request = codeserver_pb2.GetLaunchSpecRequest()
    spec = seed.stub.GetLaunchSpec(request, timeout=30).spec

    assert spec.interpreter == str(Path(sys.executable).absolute())
    assert spec.working_directory == str(Path.cwd())
    assert [target.file for target in spec.targets] == [seed.location().modules[0].target]
    assert spec.environment["PATH"] == os.environ["PATH"]
    assert spec.digest == seed.location().digest
    assert spec.generation == seed.location().generation != ""
    assert spec.import_timeout_ms == 60_000


def test_the_users_module_was_imported_in_another_process(seed: CodeServer) -> None:
    module = Path(seed.location().modules[0].target)
    loader = int(module.with_name("pid").read_text())

    assert loader != seed.process.pid
    assert not Path(f"/proc/{loader}").exists()


def test_no_descendant_is_left_after_the_load(seed: CodeServer) -> None:
    tasks = Path(f"/proc/{seed.process.pid}/task").glob("*/children")

    assert [path.read_text() for path in tasks if path.read_text()] == []


def test_why_each_op_is_in_a_plan_is_said_without_a_record(seed: CodeServer) -> None:
    selection = plan_pb2.Selection(expressions=["foo_asset"])
    request = codeserver_pb2.ExplainRequest(plan=codeserver_pb2.PlanRequest(selection=selection))

    (part,) = [answer.part for answer in seed.stub.Explain(request, timeout=30)]

    assert part.header.location == "seed_like"
    assert part.header.expression == "foo_asset"
    assert [(each.asset_key, each.selected) for each in part.assets] == [("foo_asset", True)]
    verdicts = {op.step_key: op.verdict for op in part.ops}
    assert verdicts["my_graph_assets.foo"] == plan_pb2.VERDICT_RUN
    assert verdicts["my_graph_assets.baz"] == plan_pb2.VERDICT_OMIT
    bar = next(op for op in part.ops if op.step_key == "my_graph_assets.bar")
    assert [list(need.step_keys) for need in bar.needed_for] == [
        ["my_graph_assets.bar", "my_graph_assets.foo"]
    ]
