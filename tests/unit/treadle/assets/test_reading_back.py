"""What blocks and specs say of themselves when a program asks them."""

from __future__ import annotations

from typing import Any

import pytest

from treadle import (
    ArgumentError,
    AssetCheckResult,
    AssetCheckSpec,
    AssetIn,
    AssetKey,
    AssetOut,
    AssetsDefinition,
    AssetSelection,
    AssetSpec,
    ConflictError,
    DefinitionError,
    Definitions,
    Output,
    asset,
    graph,
    graph_multi_asset,
    instance_for_test,
    materialize,
    multi_asset,
    op,
    success_hook,
)

A, B, UP = AssetKey("a"), AssetKey("b"), AssetKey("up")


@op
def one() -> int:
    return 1


@op
def inc(x: int) -> int:
    return x + 1


@multi_asset(
    outs={
        "a": AssetOut(io_manager_key="m", is_required=False),
        "b": AssetOut(
            group_name="g",
            description="said",
            owners=["team:q"],
            tags={"k": "v"},
            kinds={"sql"},
            code_version="3",
            metadata={"n": 1},
        ),
    },
    ins={"given": AssetIn(key="up")},
    deps=["first"],
)
def two(given):
    return 1, 2


@graph_multi_asset(outs={"a": AssetOut(), "b": AssetOut()}, can_subset=True)
def wired(up, other):
    first = inc(up)
    return {"a": first, "b": inc.alias("again")(other)}


def test_a_block_says_what_it_reads_and_makes() -> None:
    assert two.keys_by_input_name == {"given": UP}
    assert two.keys_by_output_name == {"a": A, "b": B}
    assert two.dependency_keys == {UP, AssetKey("first")}
    assert list(two.input_names) == ["given"]
    assert two.node_def is two.op


def test_what_assets_are_made_from_follows_the_wiring() -> None:
    assert wired.asset_deps == {A: {UP}, B: {AssetKey("other")}}
    assert two.asset_deps == {A: {UP, AssetKey("first")}, B: {UP, AssetKey("first")}}


def test_a_block_says_what_is_said_of_each_asset() -> None:
    assert two.group_names_by_key == {A: "default", B: "g"}
    assert two.descriptions_by_key == {B: "said"}
    assert two.owners_by_key == {A: (), B: ("team:q",)}
    assert two.tags_by_key[B] == {"k": "v"}
    assert two.metadata_by_key[B] == {"n": 1}
    assert two.code_versions_by_key == {A: None, B: "3"}


def test_specs_say_the_same() -> None:
    first, second = two.specs

    assert (first.key, first.io_manager_key, first.skippable) == (A, "m", True)
    assert second == AssetSpec(
        "b",
        deps=["first", "up"],
        description="said",
        group_name="g",
        owners=["team:q"],
        tags={"k": "v"},
        kinds={"sql"},
        code_version="3",
        metadata={"n": 1},
    )
    assert two.get_asset_spec("b") == second
    assert second.source == two.source


def test_a_spec_that_is_not_there_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"does not make 'bb'.*Did you mean 'b'"):
        two.get_asset_spec("bb")
    with pytest.raises(ArgumentError, match="no key is given"):
        two.get_asset_spec()


def test_a_block_says_which_resources_it_asks_for() -> None:
    @asset(required_resource_keys={"r"}, resource_defs={"r": 1})
    def needy(context):
        return context.resources.r

    assert needy.required_resource_keys == {"r"}
    assert needy.resource_defs == {"r": 1}


def test_the_constructor_takes_a_node_and_says_the_rest_by_key() -> None:
    made = AssetsDefinition(
        node_def=inc,
        keys_by_input_name={"x": UP},
        keys_by_output_name={"result": AssetKey(["p", "made"])},
        group_names_by_key={AssetKey(["p", "made"]): "g"},
        metadata_by_key={AssetKey(["p", "made"]): {"n": 1}},
    )

    @asset
    def up():
        return 4

    assert made.get_asset_spec().group_name == "g"
    assert materialize([up, made]).asset_value(AssetKey(["p", "made"])) == 5


def test_the_constructor_takes_specs_in_the_order_of_the_outputs() -> None:
    @graph
    def both():
        return one()

    made = AssetsDefinition(node_def=both, specs=[AssetSpec("z", description="d", deps=["q"])])

    assert made.get_asset_spec("z").description == "d"
    assert made.asset_deps == {AssetKey("z"): {AssetKey("q")}}


def test_the_constructor_refuses_what_makes_nothing() -> None:
    with pytest.raises(ArgumentError, match="Give the AssetSpecs themselves to Definitions"):
        AssetsDefinition(specs=[AssetSpec("a")])
    with pytest.raises(ArgumentError, match="neither @op nor @graph made"):
        AssetsDefinition(node_def=two)
    with pytest.raises(ArgumentError, match=r"AssetsDefinition\(\) takes no argument 'nod_def'"):
        AssetsDefinition(nod_def=one)
    with pytest.raises(ArgumentError, match="group_names_by_key names 'b'"):
        AssetsDefinition(node_def=one, group_names_by_key={B: "g"})


def test_a_spec_is_changed_and_stays_where_it_was_written() -> None:
    spec = AssetSpec("a", deps=["b"], metadata={"n": 1}, tags={"k": "v"}, owners=["team:x"])

    replaced = spec.replace_attributes(deps=["c"], metadata={"m": 2}, description="d")
    merged = spec.merge_attributes(deps=["c"], metadata={"m": 2}, tags={"t": "u"}, kinds={"sql"})

    assert [dep.asset_key for dep in replaced.deps] == [AssetKey("c")]
    assert replaced.metadata == {"m": 2}
    assert (replaced.tags, replaced.description) == ({"k": "v"}, "d")
    assert [dep.asset_key for dep in merged.deps] == [B, AssetKey("c")]
    assert merged.metadata == {"n": 1, "m": 2}
    assert merged.tags == {"k": "v", "t": "u"}
    assert merged.owners == ("team:x",)
    assert replaced.source == merged.source == spec.source


def test_a_spec_is_an_output() -> None:
    out = AssetOut.from_spec(AssetSpec("a", description="d", group_name="g", skippable=True))

    assert (out.key, out.description, out.group_name, out.is_required) == (A, "d", "g", False)
    with pytest.raises(ArgumentError, match="has deps, which no output has"):
        AssetOut.from_spec(AssetSpec("a", deps=["b"]))


def test_specs_of_a_block_are_mapped() -> None:
    @asset(metadata={"gone": 1}, description="gone")
    def a(up):
        return up

    made = a.map_asset_specs(
        lambda spec: spec.replace_attributes(
            metadata={"new": 2}, description=None, group_name="g", deps=[*spec.deps, "more"]
        )
    )

    assert made.metadata_by_key == {A: {"new": 2}}
    assert made.descriptions_by_key == {}
    assert made.group_names_by_key == {A: "g"}
    assert made.asset_deps == {A: {UP, AssetKey("more")}}


def test_mapped_deps_of_several_outputs_are_their_own() -> None:
    made = two.map_asset_specs(
        lambda spec: spec.merge_attributes(deps=["only"]) if spec.key == A else spec
    )

    assert AssetKey("only") in made.asset_deps[A]
    assert AssetKey("only") not in made.asset_deps[B]


def test_a_mapping_that_cannot_hold_is_refused() -> None:
    with pytest.raises(ArgumentError, match="the key 'z'") as caught:
        two.map_asset_specs(lambda spec: spec.replace_attributes(key="z"))
    assert "with_attributes(asset_key_replacements" in str(caught.value)
    with pytest.raises(ArgumentError, match="gave None for 'a'"):
        two.map_asset_specs(lambda spec: None)  # type: ignore[arg-type, return-value]  # the mistake
    with pytest.raises(ConflictError, match="takes away the dependency on 'up'"):
        two.map_asset_specs(lambda spec: spec.replace_attributes(deps=[]))


def test_a_block_is_given_other_keys() -> None:
    @asset
    def up():
        return 1

    @asset(deps=["side"])
    def a(up):
        return up + 1

    @asset
    def side():
        return 0

    keys = {key: key.with_prefix("p") for key in (A, UP, AssetKey("side"))}
    moved = [each.with_attributes(asset_key_replacements=keys) for each in (up, a, side)]

    assert moved[1].asset_deps == {AssetKey("p/a"): {AssetKey("p/up"), AssetKey("p/side")}}
    assert materialize(moved).asset_value("p/a") == 2


def test_a_block_is_given_more_of_what_is_said_by_key() -> None:
    made = two.with_attributes(
        group_names_by_key={A: "h"}, tags_by_key={B: {"t": "u"}}, metadata_by_key={B: {"m": 2}}
    )

    assert made.group_names_by_key == {A: "h", B: "g"}
    assert made.tags_by_key[B] == {"k": "v", "t": "u"}
    assert made.metadata_by_key[B] == {"n": 1, "m": 2}
    with pytest.raises(ConflictError, match="is in the group 'g'"):
        two.with_attributes(group_names_by_key={B: "h"})
    with pytest.raises(ArgumentError, match="tags_by_key names up, which it does not make"):
        two.with_attributes(tags_by_key={UP: {}})


def test_a_check_goes_with_the_key_of_its_asset() -> None:
    @asset(check_specs=[AssetCheckSpec("fine", asset="a")])
    def a():
        yield Output(1)
        yield AssetCheckResult(passed=True)

    moved = a.with_attributes(asset_key_replacements={A: B})

    assert [each.asset_key for each in moved.check_keys] == [B]
    (evaluation,) = materialize([moved]).get_asset_check_evaluations()
    assert evaluation.asset_key == B


def test_a_block_tells_of_each_of_its_assets() -> None:
    assert two.get_output_name_for_asset_key("a") == "a"
    assert two.get_io_manager_key_for_asset_key(A) == "m"
    assert two.get_op_def_for_asset_key("b") is two.node_def
    assert wired.get_op_def_for_asset_key("a") in (one, inc)
    assert two.has_keys
    assert two.asset_and_check_keys == two.keys
    assert not two.has_check_keys
    with pytest.raises(ArgumentError, match="there is no 'c'"):
        two.get_output_name_for_asset_key("c")


def test_a_block_tells_of_each_of_its_checks() -> None:
    @asset(check_specs=[AssetCheckSpec("full", asset="a"), AssetCheckSpec("new", asset="a")])
    def a():
        raise NotImplementedError

    full, new = sorted(a.check_keys, key=lambda key: key.text)

    assert a.get_spec_for_check_key(full).name == "full"
    assert a.asset_and_check_keys == {A, full, new}
    with pytest.raises(ArgumentError, match="its checks are 'a:full', 'a:new'"):
        a.check_key  # noqa: B018 -- it is asked
    with pytest.raises(ArgumentError, match="there is no 'a:full'"):
        two.get_spec_for_check_key(full)


def test_what_there_is_none_of_yet_is_said_so() -> None:
    assert (two.partitions_def, two.backfill_policy, two.automation_conditions_by_key) == (
        None,
        None,
        {},
    )
    assert not two.is_observable


def test_hooks_are_added_and_read() -> None:
    heard = []

    @success_hook
    def first(context):
        heard.append("first")

    @success_hook
    def second(context):
        heard.append("second")

    @asset(hooks={first})
    def made():
        return 1

    hooked = made.with_hooks({second})

    assert (made.hook_defs, hooked.hook_defs) == ({first}, {first, second})
    assert materialize([hooked]).success
    assert sorted(heard) == ["first", "second"]


def test_what_is_made_elsewhere_is_read_by_who_has_its_source_asset() -> None:
    @asset(metadata={"n": 1}, group_name="g", description="said", tags={"k": "v"})
    def made():
        return 4

    @asset
    def reads(made):
        return made + 1

    with instance_for_test() as instance:
        materialize([made], instance=instance)
        read = materialize([made.to_source_asset(), reads], instance=instance, selection="reads")

    assert read.asset_value("reads") == 5
    assert [each.key for each in two.to_source_assets()] == [A, B]
    found = made.to_source_asset("made")
    assert (found.group_name, found.description, found.metadata["n"]) == ("g", "said", 1)
    with pytest.raises(ArgumentError, match="no key is given"):
        two.to_source_asset()


@pytest.mark.parametrize(
    ("asked", "name", "said"),
    [
        (two, "subset_for", "has no subset_for. Select what you need of it"),
        (two, "infer_partition_mapping", "Ask get_partition_mapping(KEY)"),
        (two, "spec_by_key", "has no spec_by_key. Did you mean 'specs_by_key'"),
        (AssetSelection.keys("a"), "sources", "write roots()"),
        (AssetSelection.keys("a"), "upstraem", "Did you mean 'upstream'"),
        (Definitions(), "sensors", "Schedules, sensors and automation are not there yet"),
        (Definitions(), "load_asset_value", "client.load(KEY, definitions=…)"),
    ],
)
def test_what_is_absent_says_what_to_ask(asked: object, name: str, said: str) -> None:
    with pytest.raises(AttributeError) as error:
        getattr(asked, name)

    assert said in str(error.value)
    assert not hasattr(asked, "__array__")


def test_a_result_says_what_to_ask_of_it() -> None:
    @asset
    def made():
        return 1

    result: object = materialize([made])

    with pytest.raises(AttributeError, match=r"no dagster_run\. Its id is run_id"):
        getattr(result, "dagster_run")  # noqa: B009 -- type checkers know that it is absent


def test_a_key_tells_what_it_begins_with() -> None:
    key = AssetKey.from_coercible(["a", "b", "c"])

    assert key == AssetKey.from_coercible("a/b/c") == AssetKey.from_coercible(key)
    assert key.parts == ("a", "b", "c")
    assert [key.has_prefix(each) for each in (["a", "b"], ["b"], [])] == [True, False, True]


def test_keys_of_what_is_said_by_key_may_be_text() -> None:
    named: Any = {"a": "g"}
    tagged: Any = {"a": {"k": "v"}}
    moved: Any = {"a": "z"}

    found = one_of_a().with_attributes(group_names_by_key=named, tags_by_key=tagged)
    other = one_of_a().with_attributes(asset_key_replacements=moved)

    assert (found.specs_by_key[A].group_name, found.specs_by_key[A].tags) == ("g", {"k": "v"})
    assert other.keys == {AssetKey("z")}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("asset_key_replacements", 3),
        ("asset_key_replacements", {"a": 3}),
        ("group_names_by_key", {"a": 3}),
        ("tags_by_key", {"a": 3}),
        ("metadata_by_key", ["a"]),
    ],
)
def test_what_is_said_by_key_and_cannot_be_is_refused(name: str, value: Any) -> None:
    with pytest.raises(DefinitionError) as error:
        one_of_a().with_attributes(**{name: value})

    assert error.value.source.file == __file__


def one_of_a() -> AssetsDefinition:
    @asset
    def a():
        raise NotImplementedError

    return a
