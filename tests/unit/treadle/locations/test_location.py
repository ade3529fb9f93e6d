"""From definitions to a snapshot: names, wiring, lineage, and targets joined."""

from __future__ import annotations

import pytest

from tests.authored import assets, lineage, location, module, reads, refused, snapshot, steps
from treadle import AssetKey, CycleError, DuplicateError, LocationError, MissingError
from treadle.locations.digest import definition_digests
from treadle.locations.location import build_location, definitions_of
from treadle_contract.plan import Siblings, UnselectedOutputs

SEED = """
@op(out={"bar_1": Out(), "bar_2": Out()})
def bar(): return 1, 2
@op(out={"foo_1": Out(is_required=False), "foo_2": Out(is_required=False)})
def foo(bar_1): yield Output(bar_1, "foo_1")
@op
def baz(foo_2, bar_2): return foo_2 + bar_2
@graph_multi_asset(outs={"foo_asset": AssetOut(), "baz_asset": AssetOut()}, can_subset=True)
def my_graph_assets():
    bar_1, bar_2 = bar()
    foo_1, foo_2 = foo(bar_1)
    return {"foo_asset": foo_1, "baz_asset": baz(foo_2, bar_2)}
"""


def test_the_seeds_graph_becomes_three_steps_by_path() -> None:
    found = snapshot(SEED)

    assert list(steps(found)) == [
        "my_graph_assets.bar",
        "my_graph_assets.foo",
        "my_graph_assets.baz",
    ]
    assert reads(found, "my_graph_assets.baz") == {
        "foo_2": ["my_graph_assets.foo.foo_2"],
        "bar_2": ["my_graph_assets.bar.bar_2"],
    }
    (block,) = found.blocks
    assert (block.name, block.can_subset, block.is_graph) == ("my_graph_assets", True, True)
    assert block.asset_keys == ("baz_asset", "foo_asset")


def test_an_output_produces_the_asset_that_the_graph_returns_it_as() -> None:
    found = snapshot(SEED)

    foo = steps(found)["my_graph_assets.foo"]
    assert [(out.name, out.asset_keys, out.is_required) for out in foo.outputs] == [
        ("foo_1", ("foo_asset",), False),
        ("foo_2", (), False),
    ]


def test_the_code_of_a_step_is_found_by_its_key_and_its_node() -> None:
    loaded = location(defs=SEED)

    code = loaded.step(loaded.snapshot.steps[1].key)

    assert code == loaded.node("my_graph_assets.foo")
    assert code.op.name == "foo"
    assert code.assets == {"foo_1": (AssetKey("foo_asset"),), "foo_2": ()}
    assert list(code.ins) == ["bar_1"]
    assert list(code.outs) == ["foo_1", "foo_2"]


def test_code_has_what_the_definitions_say_of_its_assets() -> None:
    loaded = location(
        defs="""
        @op(out=Out(metadata={"rows": 1, "from": "op"}))
        def make(): return 1
        @graph_asset(metadata={"from": "asset"}, required_resource_keys={"db"})
        def a(): return make()
        defs = Definitions([a], resources={"db": 1})
        """
    )

    code = loaded.node("a.make")
    assert code.metadata == {AssetKey("a"): {"rows": 1, "from": "asset"}}
    assert code.op.resource_keys == ("db",)
    assert steps(loaded.snapshot)["a.make"].resource_keys == ("db",)


def test_nested_graphs_repeated_ops_and_aliases_make_dotted_keys() -> None:
    found = snapshot(
        """
        @op
        def one(): return 1
        @op
        def add(x, y): return x + y
        @graph
        def inner(x): return add(x, add(x, x))
        @graph_asset
        def outer(): return inner.alias("twice")(inner(one()))
        """
    )

    assert set(steps(found)) == {
        "outer.one",
        "outer.inner.add",
        "outer.inner.add_2",
        "outer.twice.add",
        "outer.twice.add_2",
    }
    assert reads(found, "outer.twice.add_2") == {
        "x": ["outer.inner.add_2.result"],
        "y": ["outer.twice.add.result"],
    }


def test_a_list_keeps_each_element_in_order() -> None:
    found = snapshot(
        """
        u1, u2 = AssetSpec("u1"), AssetSpec("u2")
        @op
        def make(): return 1
        @op
        def join(parts): return parts
        @graph_asset
        def a(u1, u2): return join([u2, make(), u1])
        """
    )

    assert reads(found, "a.join") == {"parts": ["@u2", "a.make.result", "@u1"]}
    assert steps(found)["a.join"].inputs[0].fan_in


def test_one_output_may_be_two_assets() -> None:
    found = snapshot(
        """
        @op
        def make(): return 1
        @graph_multi_asset(outs={"b": AssetOut(), "a": AssetOut()})
        def both():
            made = make()
            return {"b": made, "a": made}
        """
    )

    assert found.steps[0].outputs[0].asset_keys == ("a", "b")
    assert {key: asset.output for key, asset in assets(found).items()} == {
        "a": "result",
        "b": "result",
    }


@pytest.mark.parametrize(
    ("decorator", "name"),
    [
        ("@asset", "make"),
        ('@asset(key=["raw", "a-b"])', "raw__a_b"),
        ('@asset(key_prefix="raw")', "raw__make"),
        ('@multi_asset(outs={"x": AssetOut()})', "make"),
        ('@multi_asset(name="named", outs={"x": AssetOut()})', "named"),
    ],
)
def test_a_block_is_named_by_its_key_or_its_function(decorator: str, name: str) -> None:
    found = snapshot(f"{decorator}\ndef make(): return 1\n")

    assert [block.name for block in found.blocks] == [name]
    assert [step.key for step in found.steps] == [name]


def test_blocks_of_one_name_are_called_by_their_smallest_key_and_a_warning_says_so() -> None:
    source = """
        @op
        def make(): return 1
        @graph
        def shared(): return make()
        {first}
        {second}
        """
    b = 'b = AssetsDefinition.from_graph(shared, keys_by_output_name={"result": ["p", "b"]})'
    a = 'a = AssetsDefinition.from_graph(shared, keys_by_output_name={"result": "a"})'

    found = snapshot(source.format(first=b, second=a))
    swapped = snapshot(source.format(first=a, second=b))

    assert [block.name for block in found.blocks] == ["shared__a", "shared__p__b"]
    assert set(steps(found)) == {"shared__a.make", "shared__p__b.make"}
    assert len(found.warnings) == 1
    assert "shared__a, shared__p__b" in found.warnings[0]
    assert found.digest == swapped.digest


def test_the_order_of_definitions_changes_no_name_and_no_digest() -> None:
    parts = [
        "@asset\ndef a(): return 1\n",
        "@asset\ndef b(a): return a\n",
        "@asset\ndef c(a, b): return a\n",
    ]

    digests = {snapshot("".join(order)).digest for order in (parts, parts[::-1])}

    assert len(digests) == 1


def test_lineage_is_that_of_the_wiring() -> None:
    found = snapshot(
        """
        left, right = AssetSpec("left"), AssetSpec("right")
        @op
        def take(x): return x
        @op
        def join(x, y): return x
        @graph_multi_asset(
            outs={"of_left": AssetOut(), "of_both": AssetOut(), "below": AssetOut()}
        )
        def several(left, right):
            taken = take(left)
            made = take(taken)
            return {
                "of_left": made,
                "of_both": join(taken, right),
                "below": join.alias("last")(made, take(right)),
            }
        """
    )

    assert lineage(found) == {
        "left": (),
        "right": (),
        "of_left": ("left",),
        "of_both": ("left", "right"),
        "below": ("of_left", "right"),
    }


def test_every_output_of_an_op_is_made_from_all_that_it_reads() -> None:
    found = snapshot(
        """
        up, first = AssetSpec("up"), AssetSpec("first")
        @multi_asset(outs={"a": AssetOut(), "b": AssetOut()}, deps=["first"])
        def ab(up): return 1, 2
        """
    )

    assert lineage(found)["a"] == lineage(found)["b"] == ("first", "up")


def test_internal_asset_deps_state_lineage_and_what_each_output_of_an_op_needs() -> None:
    found = snapshot(
        """
        up, other = AssetSpec("up"), AssetSpec("other")
        @multi_asset(
            outs={"a": AssetOut(), "b": AssetOut(), "c": AssetOut()},
            internal_asset_deps={"a": {"up"}, "b": {"a"}},
            can_subset=True,
        )
        def abc(up, other): return 1, 2, 3
        """
    )

    assert lineage(found)["a"] == ("up",)
    assert lineage(found)["b"] == ("a",)
    assert lineage(found)["c"] == ("other", "up")
    assert [out.input_names for out in found.steps[0].outputs] == [("up",), (), None]


def test_internal_asset_deps_of_a_graph_change_lineage_only() -> None:
    found = snapshot(
        """
        up, other = AssetSpec("up"), AssetSpec("other")
        @op
        def take(x): return x
        @graph_multi_asset(outs={"a": AssetOut()}, internal_asset_deps={"a": {"up"}})
        def block(up, other): return {"a": take([up, other])}
        """
    )

    assert lineage(found)["a"] == ("up",)
    assert found.steps[0].outputs[0].input_names is None


def test_deps_come_before_what_reads_nothing_inside_the_graph() -> None:
    found = snapshot(
        """
        first = AssetSpec("first")
        @op
        def one(): return 1
        @op
        def two(x): return x
        @graph_asset(deps=[first])
        def a(): return two(one())
        """
    )

    assert reads(found, "a.one") == {"": ["@first"]}
    assert reads(found, "a.two") == {"x": ["a.one.result"]}
    assert lineage(found)["a"] == ("first",)


def test_an_argument_reads_the_asset_beside_the_block_where_there_is_none_of_its_bare_name() -> (
    None
):
    found = snapshot(
        """
        @asset(key_prefix="p")
        def up(): return 1
        @asset(key_prefix="p")
        def down(up): return up
        @asset
        def other(): return 1
        @asset(key_prefix="p")
        def last(other): return other
        """
    )

    assert lineage(found)["p/down"] == ("p/up",)
    assert lineage(found)["p/last"] == ("other",)


def test_an_argument_that_names_an_asset_of_its_own_graph_is_a_wire_of_it() -> None:
    found = snapshot(
        """
        @op
        def make(): return 1
        @op
        def use(x): return x
        @graph_multi_asset(outs={"a": AssetOut(), "b": AssetOut()})
        def ab(a): return {"b": use(a), "a": make()}
        """
    )

    assert [step.key for step in found.steps] == ["ab.make", "ab.use"]
    assert reads(found, "ab.use") == {"x": ["ab.make.result"]}
    assert lineage(found) == {"a": (), "b": ("a",)}


def test_deps_do_not_come_before_what_reads_an_asset_of_its_own_graph_by_name() -> None:
    found = snapshot(
        """
        first = AssetSpec("first")
        @op
        def make(): return 1
        @op
        def use(x): return x
        @graph_multi_asset(outs={"a": AssetOut(), "b": AssetOut()}, deps=[first])
        def ab(a): return {"b": use(a), "a": make()}
        """
    )

    assert reads(found, "ab.make") == {"": ["@first"]}
    assert reads(found, "ab.use") == {"x": ["ab.make.result"]}
    assert lineage(found) == {"a": ("first",), "b": ("a",), "first": ()}


def test_blocks_that_need_each_other_both_ways_are_ordered_by_their_ops() -> None:
    found = snapshot(
        """
        @op
        def make(): return 1
        @op
        def use(x): return x
        @graph_multi_asset(outs={"a1": AssetOut(), "a2": AssetOut()}, can_subset=True)
        def one(b1): return {"a1": make(), "a2": use(b1)}
        @graph_multi_asset(outs={"b1": AssetOut(), "b2": AssetOut()}, can_subset=True)
        def two(a1, a2): return {"b1": use(a1), "b2": use(a2)}
        """
    )

    assert [step.key for step in found.steps] == ["one.make", "two.use", "one.use", "two.use_2"]


def test_an_op_that_closes_a_circle_between_blocks_is_cut() -> None:
    loaded = location(
        defs="""
        @multi_asset(
            outs={"a": AssetOut(), "c": AssetOut()},
            internal_asset_deps={"a": set(), "c": {"b"}},
            can_subset=True,
        )
        def ac(b=None): return 1, 2
        @asset
        def b(a): return a
        """
    )
    found = loaded.snapshot

    assert [(step.key, step.node) for step in found.steps] == [
        ("ac", "ac"),
        ("b", "b"),
        ("ac_2", "ac"),
    ]
    assert reads(found, "ac") == {"b": []}
    assert reads(found, "ac_2") == {"b": ["@b"]}
    assert {key: asset.step_key for key, asset in assets(found).items()} == {
        "a": "ac",
        "b": "b",
        "c": "ac_2",
    }
    assert loaded.step(found.steps[2].key) == loaded.node("ac")


def test_options_of_a_block_are_in_the_snapshot() -> None:
    found = snapshot(
        """
        @op(tags={"team": "op", "size": 1})
        def make(): return 1
        @graph_asset(
            unselected_outputs="discard", siblings="run", op_tags={"team": "block", "on": "all"},
            description="Said.", group_name="g", kinds={"sql"}, owners=["team:t"], tags={"k": "v"},
            code_version="3", io_manager_key="io_manager",
        )
        def a(): return make.tag({"size": 2})()
        """
    )

    (block,), (step,), (asset,) = found.blocks, found.steps, found.assets
    assert (block.unselected_outputs, block.siblings) == (
        UnselectedOutputs.DISCARD,
        Siblings.RUN,
    )
    assert step.tags == {"team": "op", "on": "all", "size": "2"}
    assert (asset.description, asset.group, asset.kinds) == ("Said.", "g", ("sql",))
    assert (asset.owners, asset.tags, asset.code_version) == (("team:t",), {"k": "v"}, "3")


def test_managers_are_builtin_where_the_user_gives_none() -> None:
    source = """
        class Mine(IOManager):
            def handle_output(self, context, obj): pass
            def load_input(self, context): pass
        up = AssetSpec("up")
        @asset
        def a(up): return up
        @asset(io_manager_key="mine", ins={"a": AssetIn(input_manager_key="mine")})
        def b(a): return a
        defs = Definitions([up, a, b], resources={"mine": Mine(), **OTHER})
        """

    plain = snapshot(source.replace("**OTHER", ""))
    custom = snapshot(source.replace("**OTHER", '"io_manager": Mine()'))

    assert [asset.manager_builtin for asset in plain.assets] == [True, False, True]
    assert [step.inputs[0].manager_builtin for step in plain.steps] == [True, False]
    assert not any(asset.manager_builtin for asset in custom.assets)
    assert not any(step.inputs[0].manager_builtin for step in custom.steps)
    assert [each.key for each in custom.resources] == ["io_manager", "mine"]


def test_a_snapshot_says_what_its_digest_is_made_of() -> None:
    found = snapshot(SEED + 'job = define_asset_job("job")\n')

    assert set(found.manifest.ops) == set(steps(found))
    assert set(definition_digests(found)) == {
        "asset baz_asset",
        "asset foo_asset",
        "block my_graph_assets",
        "job job",
    }


def test_a_default_that_the_decorator_states_is_part_of_an_ops_digest() -> None:
    source = """
        @op(ins={{"x": In(default_value={value})}})
        def make(x): return x
        @graph_asset
        def a(): return make()
        """

    one, two = (snapshot(source.format(value=value)) for value in (1, 2))

    assert one.manifest.ops != two.manifest.ops


def test_a_job_is_its_selection_as_text() -> None:
    found = snapshot(
        SEED + 'job = define_asset_job("job", ["foo_asset+", AssetKey("baz_asset")])\n'
    )

    (job,) = found.jobs
    assert job.selection == "foo_asset+ or baz_asset"
    assert "foo_asset+" in found.warnings[0]


def test_a_spec_of_what_another_target_makes_becomes_an_edge() -> None:
    found = location(
        reader='up = AssetSpec("up")\n@asset\ndef down(up): return up\n',
        maker="@asset\ndef up(): return 1\n",
    ).snapshot

    assert not any(asset.is_external for asset in found.assets)
    assert lineage(found) == {"up": (), "down": ("up",)}
    assert [step.key for step in found.steps] == ["up", "down"]


def test_two_targets_may_declare_one_external_asset() -> None:
    found = location(
        one='up = AssetSpec("up")\n@asset\ndef a(up): return up\n',
        two='up = AssetSpec("up")\n@asset\ndef b(up): return up\n',
    ).snapshot

    assert [asset.key for asset in found.assets] == ["a", "b", "up"]


def test_an_undeclared_upstream_is_missing_though_another_target_makes_it() -> None:
    refused(
        MissingError,
        maker="@asset\ndef up(): return 1\n",
        reader="@asset  # at\ndef down(up): return up\n",
    )


def test_an_asset_that_two_targets_make_names_both_places() -> None:
    refused(
        DuplicateError,
        one="@asset  # and\ndef a(): return 1\n",
        two="@asset  # at\ndef a(): return 1\n",
    )


def test_a_circle_between_targets_names_both_places() -> None:
    refused(
        CycleError,
        one='b = AssetSpec("b")\n@asset  # at\ndef a(b): return b\n',
        two='a = AssetSpec("a")\n@asset  # and\ndef b(a): return a\n',
    )


def test_a_job_selects_in_its_own_target() -> None:
    found = location(
        one='@asset\ndef a(): return 1\n@asset\ndef b(a): return a\njob = define_asset_job("job")\n',
        two="@asset\ndef c(): return 1\n",
    ).snapshot

    assert found.jobs[0].selection == "a or b"


@pytest.mark.parametrize("kind", ["job", "resource"])
def test_what_two_targets_call_the_same_is_refused(kind: str) -> None:
    source = {
        "job": 'job = define_asset_job("same")  # {mark}\ndefs = Definitions([{a}], jobs=[job])\n',
        "resource": 'defs = Definitions([{a}], resources={{"same": "{a}"}})  # {mark}\n',
    }[kind]
    asset_of = "@asset\ndef {a}(): return 1\n"

    refused(
        LocationError,
        one=(asset_of + source).format(a="a", mark="and"),
        two=(asset_of + source).format(a="b", mark="at"),
    )


def test_equal_resources_of_two_targets_are_one() -> None:
    source = '@asset\ndef {a}(): return 1\ndefs = Definitions([{a}], resources={{"db": "x"}})\n'

    loaded = location(one=source.format(a="a"), two=source.format(a="b"))

    assert loaded.resources == {"db": "x"}


def test_a_target_that_is_stored_by_anothers_manager_is_told() -> None:
    found = location(
        one="@asset\ndef a(): return 1\n",
        two="""
        class Mine(IOManager):
            def handle_output(self, context, obj): pass
            def load_input(self, context): pass
        @asset
        def b(): return 1
        defs = Definitions([b], resources={"io_manager": Mine()})
        """,
    ).snapshot

    assert not any(asset.manager_builtin for asset in found.assets)
    assert "Target one.py" in found.warnings[0]


def test_one_module_under_two_targets_is_one() -> None:
    definitions = definitions_of(module("@asset\ndef a(): return 1\ndefs = Definitions([a])\n"))

    found = build_location([("one", definitions), ("two", definitions)]).snapshot

    assert [asset.key for asset in found.assets] == ["a"]


def test_two_definitions_in_one_module_are_refused() -> None:
    refused(LocationError, defs="one = Definitions([])  # and\ntwo = Definitions([])  # at\n")


def test_the_only_definitions_hide_what_stands_beside_them() -> None:
    found = snapshot(
        "@asset\ndef a(): return 1\n@asset\ndef b(): return 1\ndefs = Definitions([a])\n"
    )

    assert [asset.key for asset in found.assets] == ["a"]


def test_a_module_without_assets_is_refused() -> None:
    with pytest.raises(LocationError, match="defines no asset") as refused:
        definitions_of(module("@op\ndef a(): return 1\n"))

    # The file as a whole: no line of it is to blame.
    assert ":0" not in str(refused.value)
