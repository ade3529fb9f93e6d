"""Resources that a job of ops brings: its own, whatever Definitions and other jobs have under that key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from treadle import (
    ArgumentError,
    ConfigurableIOManager,
    ConfigurableResource,
    ConflictError,
    Definitions,
    HookContext,
    InitResourceContext,
    InputContext,
    InvalidNameError,
    MissingError,
    OutputContext,
    PlanRefused,
    ResourceParam,
    asset,
    graph,
    op,
    resource,
    success_hook,
)
from treadle.locations.digest import definition_digests
from treadle.locations.location import build_location
from treadle_contract.codeserver import PlanRequest
from treadle_contract.plan import PlanOptions, Selection
from treadle_planner import Plan, Planner


class Bell(ConfigurableResource):  # type: ignore[type-arg]  # as users write it
    tone: str
    times: int = 1


class Other(Bell):
    tone: str = "other"
    volume: int = 1


@op
def tells(bell: ResourceParam[Bell]) -> str:
    return bell.tone * bell.times


@graph
def rings():  # type: ignore[no-untyped-def]  # as users write it
    return tells()


@asset
def rung(bell: ResourceParam[Bell]) -> str:
    return bell.tone


class Kept(ConfigurableIOManager):
    """Keeps values under a name of its own."""

    name: str

    def handle_output(self, context: OutputContext, obj: object) -> None:
        KEPT[self.name, context.step_key] = obj

    def load_input(self, context: InputContext) -> object:
        upstream = context.upstream_output
        assert upstream is not None
        return KEPT[self.name, upstream.step_key]


KEPT: dict[tuple[str, str], object] = {}


def planned(definitions: Definitions, selection: Selection, config: Any = None) -> Plan:
    snapshot = build_location([("", definitions)]).snapshot
    return Planner(snapshot).plan(
        PlanRequest(selection=selection, options=PlanOptions(config=config))
    )


def told(plan: Plan) -> Mapping[str, object]:
    return {
        f"{step.key} {each.key}": each.config
        for step in plan.steps
        for each in step.resource_config
    }


def run(definitions: Definitions, job: str, config: Any = None) -> object:
    return definitions.get_job_def(job).execute_in_process(config).output_value()


TWO = Definitions(
    assets=[rung],
    jobs=[
        rings.to_job("first", resource_defs={"bell": Bell(tone="ding")}),
        rings.to_job("second", resource_defs={"bell": Bell(tone="dong")}),
        rings.to_job("third"),
    ],
    resources={"bell": Bell(tone="bong")},
)


def test_each_job_has_the_resource_that_it_brings_and_others_that_of_all() -> None:
    assert [run(TWO, name) for name in ("first", "second", "third")] == ["ding", "dong", "bong"]
    made = TWO.get_implicit_global_asset_job_def().execute_in_process()
    assert made.asset_value("rung") == "bong"


def test_what_a_job_brings_is_for_itself_alone() -> None:
    brings = rings.to_job("brings", resource_defs={"bell": Bell(tone="ding")})

    with pytest.raises(MissingError, match="op 'rung' asks for the resource 'bell'"):
        Definitions(assets=[rung], jobs=[brings])


def test_resources_of_a_run_in_process_win_over_both() -> None:
    other = {"bell": Bell(tone="ting")}

    assert TWO.get_job_def("first").execute_in_process(resources=other).output_value() == "ting"
    assert TWO.get_job_def("third").execute_in_process(resources=other).output_value() == "ting"


def test_config_is_told_to_the_resource_that_the_job_has() -> None:
    def at_launch(tone: str) -> Any:
        return Bell.configure_at_launch(tone=tone)

    definitions = Definitions(
        assets=[rung],
        jobs=[
            rings.to_job("first", resource_defs={"bell": at_launch("ding")}),
            rings.to_job("plain", resource_defs={"bell": Bell(tone="dong")}),
            rings.to_job("third"),
        ],
        resources={"bell": at_launch("bong")},
    )
    config = {"resources": {"bell": {"config": {"times": 2}}}}

    assert run(definitions, "first", config) == "dingding"
    assert run(definitions, "third", config) == "bongbong"
    both = planned(definitions, Selection(expressions=("block:first or rung",)), config)
    assert told(both) == {
        "first.tells bell": {"tone": "ding", "times": 2},
        "rung bell": {"tone": "bong", "times": 2},
    }


def test_config_of_a_resource_that_only_another_job_brings_is_refused() -> None:
    @resource(config_schema={"path": str})
    def folder(context: InitResourceContext) -> str:
        return str(context.resource_config["path"])

    @op(required_resource_keys={"folder"})
    def tells_folder(context: Any) -> str:
        return str(context.resources.folder)

    @graph
    def about():  # type: ignore[no-untyped-def]  # as users write it
        return tells_folder()

    definitions = Definitions(
        jobs=[
            about.to_job("told", resource_defs={"folder": folder}),
            about.to_job("fixed", resource_defs={"folder": "/fixed"}),
            rings.to_job("other", resource_defs={"bell": Bell(tone="ding")}),
        ]
    )
    config = {"resources": {"folder": {"config": {"path": "/tmp"}}}}

    assert run(definitions, "told", config) == "/tmp"
    assert run(definitions, "fixed") == "/fixed"
    with pytest.raises(PlanRefused, match=r"resources\.folder\.config\.path: it must be given"):
        run(definitions, "told")
    with pytest.raises(PlanRefused, match=r"resources\.folder\.config: it takes no config"):
        run(definitions, "fixed", config)
    with pytest.raises(PlanRefused, match=r"there is no 'folder' here; there is bell"):
        run(definitions, "other", config)


def test_the_config_of_a_job_is_held_against_its_own_resources() -> None:
    def job_with(config: Any, **resources: Any) -> Any:
        return rings.to_job("told", resource_defs=resources, config=config)

    config = {"resources": {"bell": {"config": {"tims": 2}}}}
    bell = Bell.configure_at_launch(tone="ding")
    of_another = rings.to_job("other", resource_defs={"bell": Other.configure_at_launch()})

    fits = job_with({"resources": {"bell": {"config": {"times": 2}}}}, bell=bell)
    assert run(Definitions(jobs=[fits, of_another]), "told") == "dingding"
    with pytest.raises(ArgumentError, match=r"resources\.bell\.config\.tims.*Did you mean 'times'"):
        Definitions(jobs=[job_with(config, bell=bell)])
    with pytest.raises(ArgumentError, match=r"resources\.bel, which is not there"):
        Definitions(jobs=[job_with({"resources": {"bel": {}}}, bell=bell)])


def test_each_job_stores_with_the_io_manager_that_it_brings() -> None:
    @op
    def one() -> int:
        return 1

    @op
    def more(one: int) -> int:
        return one + 1

    @graph
    def counted():  # type: ignore[no-untyped-def]  # as users write it
        return more(one())

    definitions = Definitions(
        jobs=[
            counted.to_job("left", resource_defs={"io_manager": Kept(name="a")}),
            counted.to_job("right", resource_defs={"io_manager": Kept(name="b")}),
            counted.to_job("own"),
        ]
    )
    KEPT.clear()
    for name in ("left", "right", "own"):
        definitions.get_job_def(name).execute_in_process()

    assert KEPT == {
        ("a", "left.one"): 1,
        ("a", "left.more"): 2,
        ("b", "right.one"): 1,
        ("b", "right.more"): 2,
    }
    (step, _) = planned(definitions, Selection(job="own")).steps
    assert step.outputs[0].builtin_manager
    (step, _) = planned(definitions, Selection(job="left")).steps
    assert not step.outputs[0].builtin_manager


def test_resources_of_a_job_need_one_another_and_those_of_all() -> None:
    @resource(required_resource_keys={"base"})
    def derived(context: InitResourceContext) -> Bell:
        return Bell(tone=f"{context.resources.base}!")

    def defs(**of_all: str) -> Definitions:
        return Definitions(
            jobs=[
                rings.to_job("first", resource_defs={"bell": derived, "base": "mine"}),
                rings.to_job("second", resource_defs={"bell": derived}),
            ],
            resources=of_all,
        )

    assert [run(defs(base="all"), name) for name in ("first", "second")] == ["mine!", "all!"]
    (step,) = planned(defs(base="all"), Selection(job="second")).steps
    assert step.resource_keys == ("base", "bell")
    with pytest.raises(
        MissingError, match=r"(?s)neither job 'second' nor Definitions has.*resource_defs=\{'base'"
    ):
        defs()


def test_hooks_of_a_job_have_its_resources() -> None:
    heard: list[str] = []

    @success_hook(required_resource_keys={"bell"})
    def hears(context: HookContext) -> None:
        heard.append(context.resources.bell.tone)

    def of(name: str, tone: str) -> Any:
        return rings.to_job(name, resource_defs={"bell": Bell(tone=tone)}, hooks={hears})

    definitions = Definitions(jobs=[of("first", "ding"), of("second", "dong")])
    run(definitions, "first")
    run(definitions, "second")

    assert heard == ["ding", "dong"]


def test_a_resource_of_a_job_that_is_of_another_class_is_refused_with_the_job() -> None:
    with pytest.raises(ArgumentError, match=r"as a Bell, and job 'wrong' has 'ding'"):
        Definitions(jobs=[rings.to_job("wrong", resource_defs={"bell": "ding"})])
    with pytest.raises(InvalidNameError, match="resource_defs 'a bell'"):
        rings.to_job("wrong", resource_defs={"a bell": 1})


def test_the_snapshot_says_whose_a_resource_is_and_not_twice_what_all_have() -> None:
    bell = Bell(tone="ding")
    same = rings.to_job("same", resource_defs={"bell": bell})
    other = rings.to_job("other", resource_defs={"bell": Bell(tone="dong")})

    snapshot = build_location(
        [("", Definitions(jobs=[same, other], resources={"bell": bell}))]
    ).snapshot

    assert [(each.key, each.job) for each in snapshot.resources] == [
        ("bell", ""),
        ("bell", "other"),
    ]
    assert {"resource bell", "resource bell of job other"} <= definition_digests(snapshot).keys()


def test_targets_may_have_jobs_with_different_resources() -> None:
    def target(name: str) -> Definitions:
        return Definitions(
            jobs=[rings.to_job(name, resource_defs={"bell": Bell(tone=name)})],
        )

    location = build_location([("a", target("ding")), ("b", target("dong"))])

    assert location.resources == {}
    found = [location.resources_of(key)["bell"] for key in ("ding.tells", "dong.tells")]  # type: ignore[arg-type]  # text
    assert found == [Bell(tone="ding"), Bell(tone="dong")]
    merged = Definitions.merge(target("ding"), target("dong"))
    assert [run(merged, name) for name in ("ding", "dong")] == ["ding", "dong"]


def test_an_asset_that_brings_another_resource_than_definitions_is_refused_as_ever() -> None:
    @asset(resource_defs={"bell": Bell(tone="ding")})
    def brings(bell: ResourceParam[Bell]) -> str:
        return bell.tone

    with pytest.raises(ConflictError, match="brings a resource 'bell', and another one has that"):
        Definitions(assets=[brings], resources={"bell": Bell(tone="dong")})
