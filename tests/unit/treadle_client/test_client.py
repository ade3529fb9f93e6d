from __future__ import annotations

import inspect
import math

import grpc
import pytest

import treadle_client
from treadle_client import Client, RunHandle


@pytest.fixture
def client(address):
    with Client.connect(address, patience=0.2) as client:
        yield client


def test_connect_to_nobody_raises_unreachable(socket_folder):
    with pytest.raises(treadle_client.UnreachableError) as caught:
        Client.connect(f"unix:{socket_folder}/nobody", timeout=5)

    assert caught.value.address == f"unix:{socket_folder}/nobody"
    assert "/proc/" not in str(caught.value)


WAYS = "Start a launcher there, or name another: an address is unix:/absolute/path or host:port."


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("localhost", "'localhost' is not an address: write unix:/absolute/path or host:port."),
        ("/tmp/l.sock", "'/tmp/l.sock' is not an address: write unix:/tmp/l.sock."),
        ("localhost:1", f"Nobody answers at localhost:1: Connection refused\n{WAYS}"),
    ],
)
def test_where_nobody_answers_is_told_in_plain_words(address, said):
    with pytest.raises(treadle_client.UnreachableError) as caught:
        Client.connect(address, timeout=5)

    assert str(caught.value) == said


def test_an_empty_address_is_refused_as_one_where_nobody_answers():
    with pytest.raises(treadle_client.UnreachableError, match=r"empty address.*\n.*host:port"):
        Client.connect("")


def test_a_token_is_sent_with_each_call(launcher, address):
    with Client.connect(address, token="secret"):
        pass

    assert launcher.metadata["authorization"] == "Bearer secret"


def test_a_token_file_is_read(launcher, address, tmp_path):
    (tmp_path / "token").touch(mode=0o600)
    (tmp_path / "token").write_text("open-sesame-open-sesame\n")

    with Client.connect(address, token_file=tmp_path / "token"):
        pass

    assert launcher.metadata["authorization"] == "Bearer open-sesame-open-sesame"


def test_a_plan_joins_the_parts_of_the_stream(client):
    plan = client.plan("baz_asset")

    assert (plan.digest, plan.fingerprint) == ("d" * 64, "f" * 64)
    assert [(step.key, step.verdict) for step in plan.steps] == [
        ("g.foo", "RUN"),
        ("g.qux", "OMIT"),
    ]
    assert plan.steps[0].reason == "foo_2 is read by g.baz"
    assert plan.steps[0].selected_outputs == ("foo_2",)
    assert plan.loads[0].asset_key == "up"
    assert plan.hazards[0].asset_keys == ("foo_asset",)


def test_a_plan_is_asked_with_what_the_caller_chose(client, launcher):
    client.plan(["a", "b"], siblings="run", unselected_outputs="fail", unrecorded_loads="try")

    (request,) = launcher.requests("PlanRun")
    assert list(request.selection.expressions) == ["a", "b"]
    assert (request.options.siblings, request.options.unselected_outputs) == (2, 3)
    assert request.options.unrecorded_loads == 2


def test_it_is_asked_for_that_nothing_may_be_selected(client, launcher):
    client.plan("group:none", allow_empty=True)
    client.plan("a")

    asked = [request.selection.allow_empty for request in launcher.requests("PlanRun")]
    assert asked == [True, False]
    with pytest.raises(ValueError, match="give True or False"):
        client.materialize("a", allow_empty="yes")


def test_an_empty_list_is_not_every_asset(client):
    with pytest.raises(ValueError, match="None selects every asset"):
        client.plan([])


def test_a_run_of_a_plan_pins_it(client, launcher):
    client.materialize(plan=client.plan("a", siblings="run"), tags={"k": "v"}, idempotency_key="i")

    (request,) = launcher.requests("LaunchRun")
    assert (request.digest, request.fingerprint) == ("d" * 64, "f" * 64)
    assert list(request.selection.expressions) == ["a"]
    assert request.options.siblings == 2
    assert dict(request.tags) == {"k": "v"}
    assert request.idempotency_key == "i"


def test_a_runs_time_and_its_leave_to_retry_are_asked_for(client, launcher):
    client.materialize("a", timeout=0.0001, retry_lost=3)
    client.materialize(plan=client.plan("a"), timeout=2)

    first, pinned = launcher.requests("LaunchRun")
    assert (first.timeout_ms, first.retry_lost) == (1, 3)
    assert (pinned.timeout_ms, pinned.retry_lost) == (2000, 0)


def test_no_limit_is_told_from_one_that_is_not_named(client, launcher):
    client.rerun("r1", timeout=math.inf, retry_lost=0)
    client.rerun("r1", timeout=600, retry_lost=3, tags={"k": "v"}, idempotency_key="i")
    client.rerun("r1")

    none, given, silent = launcher.requests("LaunchRun")
    assert (none.timeout_ms, none.no_timeout, none.retry_lost, none.no_retry_lost) == (0, 1, 0, 1)
    assert (given.timeout_ms, given.no_timeout) == (600_000, False)
    assert (given.retry_lost, given.no_retry_lost) == (3, False)
    assert (dict(given.tags), given.idempotency_key) == ({"k": "v"}, "i")
    assert (silent.timeout_ms, silent.no_timeout, silent.no_retry_lost) == (0, False, False)


def test_bytes_that_are_no_text_are_refused_as_a_bad_argument(client):
    half = "k\udc80"
    calls = (
        lambda: client.materialize("a", idempotency_key=half),
        lambda: client.materialize("a", tags={half: ""}),
        lambda: client.plan(half),
        lambda: client.rerun("r1", steps=half),
        lambda: client.run(half),
        lambda: client.step_task("r1", half),
        lambda: list(client.runs(location=half)),
        lambda: list(client.assets(half)),
        lambda: list(client.materializations(half)),
        lambda: list(client.run("r1").logs(half)),
        lambda: client.run("r1").cancel(half),
    )
    for call in calls:
        with pytest.raises(
            treadle_client.RequestError, match="text that is not Unicode"
        ) as refused:
            call()
        assert refused.value.reason == "BAD_ARGUMENT"


def test_what_is_too_large_to_be_sent_is_refused_by_its_field(client):
    large = "x" * 5_000_000
    for call, said in (
        (lambda: client.run(large), "GetRunRequest.run_id is too large: the request has 5,000,0"),
        (lambda: client.run("r1").cancel(large), "CancelRunRequest.reason is too large"),
        (lambda: client.plan([large]), "PlanRunRequest.selection.expressions is too large"),
        (lambda: client.materialize("a", tags={"k": large}), "LaunchRunRequest.tags is too large"),
    ):
        with pytest.raises(treadle_client.RequestError, match=said) as refused:
            call()
        assert refused.value.reason == "BAD_ARGUMENT"
        assert len(str(refused.value)) < 1000


def test_numbers_that_nothing_can_have_are_refused_by_name(client):
    handle = client.run("r1")
    for call, said in (
        (lambda: handle.logs("a", stream="stdout", offset=2**63), "offset is 9223372036854775808"),
        (lambda: handle.logs("a", stream="stdout", offset=-1), "offset is -1"),
        (lambda: handle.logs("a", 2**31), "attempt is 2147483648"),
        (lambda: list(handle.events(2**63)), "after is 9223372036854775808"),
        (lambda: client.rerun("r1", retry_lost=2**31), "retry_lost is 2147483648"),
    ):
        with pytest.raises(ValueError, match=said):
            call()


@pytest.mark.parametrize(
    "wrong",
    [
        {"timeout": 0},
        {"timeout": -1},
        {"timeout": math.nan},
        {"timeout": 1e300},
        {"timeout": -math.inf},
        {"retry_lost": -1},
    ],
)
def test_time_and_retries_that_are_none_are_refused(client, wrong):
    with pytest.raises(ValueError, match="give"):
        client.materialize("a", **wrong)
    with pytest.raises(ValueError, match="give"):
        client.rerun("r1", **wrong)


def test_a_plan_and_a_selection_together_are_refused(client):
    with pytest.raises(ValueError, match="either the plan or those"):
        client.materialize("b", plan=client.plan("a"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"selection": 5}, "selection is 5; give text"),
        ({"selection": ["a", 5]}, "The selection has 5 in it; give a list of texts"),
        ({"tags": {"team": 5}}, "tags has 'team': 5; give text"),
    ],
)
def test_what_is_no_text_is_refused_before_it_is_sent(client, arguments, said):
    with pytest.raises(ValueError, match=said):
        client.materialize(**arguments)


def test_the_same_handle_is_had_again_by_its_id(client):
    run = client.materialize("foo_asset")

    assert client.run(run.run_id).run_id == run.run_id


def test_a_result_tells_steps_and_materializations(client):
    result = client.materialize("foo_asset").result(timeout=60)

    assert result.succeeded
    assert result.status == "SUCCEEDED"
    assert result.steps["g.foo"].state == "SUCCEEDED"
    assert (result.steps["g.foo"].attempts, result.steps["g.foo"].failure) == (1, None)
    (made,) = result.materializations
    assert (made.asset_key, made.step_key, made.unexpected) == ("foo_asset", "g.foo", True)
    assert made.metadata["rows"] == 3
    result.raise_for_failure()


def test_a_failed_run_raises_for_failure_naming_step_reason_and_line(client, launcher):
    launcher.fail_run()

    result = client.run("r").result()

    assert not result.succeeded
    assert result.steps["g.foo"].failure.where == "compute"
    with pytest.raises(treadle_client.RunFailed, match=r"g\.foo: user_error \(compute\).*py:9"):
        result.raise_for_failure()


def test_a_result_that_takes_too_long_raises_and_the_run_goes_on(client, launcher):
    launcher.run.state = 3
    launcher.events = launcher.events[:3]
    launcher.hold = True

    with pytest.raises(treadle_client.ResultTimeout) as caught:
        client.run("r").result(timeout=0.2)

    assert isinstance(caught.value, TimeoutError)
    assert not launcher.requests("CancelRun")


def test_events_have_sequence_kind_step_and_time(client):
    events = list(client.run("r").events())

    assert [event.sequence for event in events] == [1, 2, 3, 4, 5, 6]
    assert events[2].kind == "step_started"
    assert events[2].step_key == "g.foo"
    assert events[2].time.tzinfo is not None
    assert events[3].asset_key == "foo_asset"


def test_events_resume_after_a_sequence(client):
    assert [event.sequence for event in client.run("r").events(after=4)] == [5, 6]


def test_events_after_no_sequence_are_refused(client):
    with pytest.raises(ValueError, match="after is -1"):
        client.run("r").events(after=-1)


def test_leaving_the_events_early_ends_the_stream(client, launcher):
    launcher.hold = True
    launcher.events = launcher.events[:3]

    next(iter(client.run("r").events()))

    assert launcher.stream_ended.wait(10)


def test_runs_are_listed_over_pages(client, launcher):
    assert [run.run_id[-1] for run in client.runs(states=["FAILED"])] == ["0", "1", "2"]
    assert list(launcher.requests("ListRuns")[0].states) == [6]


def test_a_refused_selection_says_reason_names_and_smallest(client, refuse):
    refuse(
        "PlanRun",
        grpc.StatusCode.FAILED_PRECONDITION,
        "PARTIAL_BLOCK",
        names=["two_assets"],
        smallest_selection="first_asset or second_asset",
    )

    with pytest.raises(treadle_client.SelectionError) as caught:
        client.plan("first_asset")

    assert caught.value.reason == "PARTIAL_BLOCK"
    assert caught.value.names == ("two_assets",)
    assert caught.value.smallest == "first_asset or second_asset"


def test_logs_of_all_streams_come_one_after_the_other(client, launcher):
    launcher.logs = {1: b"out\n", 2: b"err\n", 3: "größer\n".encode()}

    assert client.run("r").log_text("g.foo") == "out\nerr\ngrößer\n"


def test_logs_are_followed_on_all_streams_at_once(client, launcher):
    launcher.logs = {1: b"out\n", 2: b"err\n"}

    chunks = list(client.run("r").logs("g.foo", follow=True))

    assert {chunk.stream for chunk in chunks} == {"stdout", "stderr"}
    assert sum(len(chunk.data) for chunk in chunks) == 8


def test_a_closed_client_is_unreachable(client):
    client.close()
    client.close()

    with pytest.raises(treadle_client.UnreachableError, match="closed"):
        client.launcher()


def test_a_graph_prints_as_tables(client):
    text = str(client.graph())

    assert "Location my_assets: SERVING, Python 3.11, digest dddddddddddd" in text
    assert "foo_asset  g.foo:foo_1" in text
    assert "g.foo  foo  x=up   foo_1? -> foo_asset, foo_2" in text
    assert "warning: grpc.py shadows a module" in text


def test_a_plan_prints_as_tables(client):
    text = str(client.plan("baz_asset"))

    assert text.startswith("Plan of baz_asset at my_assets: 1 asset, 1 step to run, 1 not needed\n")
    assert "g.foo  RUN      foo_2             foo_2 is read by g.baz" in text
    assert "Loads" in text
    assert "g.foo  foo_1   foo_asset  will be made unexpectedly" in text


def test_an_asset_history_is_listed(client):
    assert [made.run_id for made in client.materializations("foo_asset")]
    assert [entry.asset.key for entry in client.assets()] == ["foo_asset", "up"]


@pytest.mark.parametrize("call", ["run", "rerun", "plan_rerun"])
def test_an_empty_run_id_is_refused_before_it_is_sent(client, call):
    with pytest.raises(ValueError, match="The run's id is ''"):
        getattr(client, call)("")


def test_a_reload_that_served_nothing_new_raises_when_it_is_asked_to(client, launcher):
    client.reload().raise_for_failure()
    launcher.swapped = False

    reload = client.reload()

    with pytest.raises(treadle_client.LoadError) as caught:
        reload.raise_for_failure()
    assert caught.value.location == reload.location
    assert str(caught.value).startswith("The code of location my_assets could not be loaded.")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda client, plan: client.materialize(plan),
         "A Plan is not a selection: to run what it shows, materialize(plan=plan)."),
        (lambda client, plan: client.plan([plan]),
         "The selection has a Plan in it; give a list of texts."),
        (lambda client, _: client.plan({"a"}),
         "The selection is {'a'}; give text, or a list of texts."),
        (lambda client, _: client.plan([]),
         "An empty list selects nothing; None selects every asset."),
        (lambda client, _: client.materialize("a", job="j"),
         "job='j' takes a job's selection, and 'a' is another: give one of them."),
        (lambda client, _: client.materialize(plan="a"),
         "plan is 'a'; give what client.plan(…) returned."),
        (lambda client, plan: client.materialize("a", plan=plan),
         "A plan holds its selection, location and options: give either the plan or those."),
        (lambda client, _: client.plan("a", location=5), "location is 5; give text."),
        (lambda client, _: client.plan(op_selection=["a"]),
         "op_selection takes ops of a job: name it, job=…."),
        (lambda client, _: client.plan(job=["j"]), "job is ['j']; give text."),
        (lambda client, _: client.graph(5), "location is 5; give text."),
        (lambda client, _: client.reload(["a"]), "location is ['a']; give text."),
        (lambda client, _: client.materialize("a", idempotency_key=5),
         "idempotency_key is 5; give text."),
        (lambda client, _: client.runs(states=5), ("states is 5; give some of QUEUED, STARTING,"
         " RUNNING, CANCELLING, SUCCEEDED, FAILED, CANCELLED.")),
        (lambda client, _: client.rerun("R", steps=5), "steps is 5; give text, or a list of texts."),
        (lambda client, _: client.rerun("R", steps=[5]), "steps has 5 in it; give a list of texts."),
        (lambda client, _: client.rerun("R", plan="x"),
         "Give either a plan that plan_rerun made, or what it is made of."),
        (lambda client, _: client.step_task("R", "s", attempt="x"),
         "attempt is 'x'; give a number from 1 on."),
        (lambda client, _: client.run("R").logs("s", attempt="1"),
         "attempt is '1'; give a number from 1 on."),
        (lambda client, _: client.run("R").result(timeout="3"),
         "timeout is '3'; give the seconds to wait at most, or None."),
        (lambda client, _: client.run("R").cancel(5), "reason is 5; give text."),
        (lambda client, plan: client.run(plan),
         "The run's id is a Plan; `treadle runs`, in Python client.runs(), tells the ids of runs."),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told_without_a_repr_of_ours(client, call, said):
    plan = client.plan("baz_asset")

    with pytest.raises(treadle_client.WrongArgument) as caught:
        call(client, plan)

    assert str(caught.value) == said
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("call", ["rerun", "plan_rerun"])
def test_a_client_takes_for_a_run_that_it_is_named_what_the_runs_handle_takes(call):
    named = [*inspect.signature(getattr(Client, call)).parameters]
    assert named[1] == "run_id"
    assert named[:1] + named[2:] == [*inspect.signature(getattr(RunHandle, call)).parameters]
