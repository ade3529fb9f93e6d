"""Blocks: what the decorators and from_graph, from_op take, and what they refuse."""

from __future__ import annotations

import pytest

from tests.authored import assets, lineage, refused, snapshot, steps
from treadle import (
    ArgumentError,
    AssetKey,
    AssetOut,
    AssetsDefinition,
    AssetSpec,
    ConflictError,
    DefinitionError,
    Definitions,
    DuplicateError,
    InMemoryIOManager,
    InvalidNameError,
    Nothing,
    UnusedError,
    asset,
    graph,
    multi_asset,
    op,
)
from treadle_contract.plan import Siblings, UnselectedOutputs

NODES = """
up = AssetSpec("up")
@op(out=Out(metadata={"of": "op"}), code_version="1")
def inc(x): return x
@graph
def once(x): return inc(x)
@op(out={"one": Out(), "two": Out()})
def pair(): return 1, 2
@graph(out={"one": GraphOut(), "two": GraphOut()})
def pairs():
    a, b = pair()
    return {"one": a, "two": b}
@op(out=Out(Nothing), ins={"after": In(Nothing)})
def effect(): pass
@graph
def nothing(up): effect(up)
"""


def from_node(call: str) -> str:
    return f"{NODES}made = AssetsDefinition.{call}\n"


@pytest.mark.parametrize(
    ("call", "keys"),
    [
        ('from_graph(once, keys_by_input_name={"x": "up"})', ["once"]),
        ('from_op(inc, keys_by_input_name={"x": "up"})', ["inc"]),
        ("from_graph(pairs)", ["one", "two"]),
        ('from_op(pair, key_prefix="p")', ["p/one", "p/two"]),
        (
            'from_graph(pairs, key_prefix="p", keys_by_output_name={"one": "a", "two": "b/c"})',
            ["p/a", "p/b/c"],
        ),
    ],
)
def test_a_nodes_outputs_become_assets(call: str, keys: list[str]) -> None:
    found = snapshot(from_node(call))

    assert [each.key for each in found.assets if not each.is_external] == keys


def test_inputs_of_a_node_read_the_assets_of_their_names_or_those_given() -> None:
    source = NODES + 'x = AssetSpec("x")\nby_name = AssetsDefinition.from_op(inc)\n'
    given = 'given = AssetsDefinition.from_graph(once, keys_by_input_name={"x": AssetKey("up")})\n'

    found = snapshot(source + given)

    assert lineage(found)["inc"] == ("x",)
    assert lineage(found)["once"] == ("up",)


def test_what_is_said_of_a_nodes_outputs_is_in_the_snapshot() -> None:
    found = snapshot(
        from_node(
            """from_graph(
            pairs,
            group_names_by_output_name={"one": "g"},
            descriptions_by_output_name={"one": "First."},
            metadata_by_output_name={"one": {"rows": 1}},
            tags_by_output_name={"one": {"k": "v"}},
            owners_by_output_name={"one": ["team:t"]},
            code_versions_by_output_name={"one": "2"},
            internal_asset_deps={"two": {"one"}},
            can_subset=True,
            unselected_outputs="fail",
            siblings="run",
        )"""
        )
    )

    one, two = assets(found)["one"], assets(found)["two"]
    assert (one.group, one.description, one.owners) == ("g", "First.", ("team:t",))
    assert ([each.name for each in one.metadata], one.tags) == (["rows"], {"k": "v"})
    assert (one.code_version, two.group, two.upstream_keys) == ("2", "default", ("one",))
    (block,) = found.blocks
    assert block.can_subset
    assert (block.unselected_outputs, block.siblings) == (UnselectedOutputs.FAIL, Siblings.RUN)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("from_graph(inc)", ArgumentError),
        ("from_op(once)", ArgumentError),
        ("from_graph(nothing)", ArgumentError),
        ('from_graph(once, keys_by_input_name={"y": "up"})', ArgumentError),
        ('from_graph(pairs, keys_by_output_name={"one": "a"})', ArgumentError),
        ('from_graph(pairs, tags_by_output_name={"three": {}})', ArgumentError),
        ('from_graph(pairs, keys_by_output_name={"one": "a", "two": "a"})', DuplicateError),
        ('from_graph(pairs, internal_asset_deps={"one": {"zero"}})', ArgumentError),
        (
            'from_graph(pairs, group_name="g", group_names_by_output_name={"one": "h"})',
            ConflictError,
        ),
        ("from_graph(pairs, partitions_def=1)", ArgumentError),
        ("from_graph(pairs, groupname='g')", ArgumentError),
    ],
)
def test_what_cannot_be_made_of_a_node_is_refused(call: str, error: type[DefinitionError]) -> None:
    refused(error, defs=from_node(f"{call}  # at"))


def test_a_node_is_of_use_for_several_blocks() -> None:
    @op
    def make() -> int:
        return 1

    @graph
    def shared() -> object:
        return make()

    first = AssetsDefinition.from_graph(shared, keys_by_output_name={"result": "a"})
    second = AssetsDefinition.from_graph(shared, keys_by_output_name={"result": "b"})

    assert (first.key, second.key) == (AssetKey("a"), AssetKey("b"))
    assert first.node is second.node


@pytest.mark.parametrize(
    ("definition", "error"),
    [
        ("@asset(nam='x')  # at\ndef a(): return 1", ArgumentError),
        ("@asset(partitions_def=1)  # at\ndef a(): return 1", ArgumentError),
        ("@asset(key='x', name='y')  # at\ndef a(): return 1", ConflictError),
        ("@asset(name='a b')  # at\ndef a(): return 1", InvalidNameError),
        ("@asset(group_name='a-b')  # at\ndef a(): return 1", InvalidNameError),
        ("@asset(owners=['nobody'])  # at\ndef a(): return 1", InvalidNameError),
        ("@asset(owners='team:t')  # at\ndef a(): return 1", ArgumentError),
        ("@asset(metadata={'x': object()})  # at\ndef a(): return 1", ArgumentError),
        ("@asset(deps='up')  # at\ndef a(): return 1", ArgumentError),
        ("@asset(ins={'x': AssetIn()})  # at\ndef a(): return 1", ArgumentError),
        ("@asset(ins={'x': 'up'})  # at\ndef a(x): return 1", ArgumentError),
        ("@asset(unselected_outputs='drop')  # at\ndef a(): return 1", ArgumentError),
        ("@asset(siblings='walk')  # at\ndef a(): return 1", ArgumentError),
        ("@asset(deps=['a'])  # at\ndef a(): return 1", ConflictError),
        ("@asset  # at\ndef a(*rest): return 1", ArgumentError),
        ("@asset  # at\ndef a(x, context): return 1", ArgumentError),
        ("@multi_asset(outs={})  # at\ndef a(): return 1", ArgumentError),
        ("@multi_asset(outs={'x': 1})  # at\ndef a(): return 1", ArgumentError),
        ("@multi_asset(outs={'x y': AssetOut()})  # at\ndef a(): return 1", InvalidNameError),
        (
            "@multi_asset(outs={'x': AssetOut(group_name='h')}, group_name='g')  # at\n"
            + "def a(): return 1",
            ConflictError,
        ),
        ("x = AssetKey('a//b')  # at", InvalidNameError),
        ("x = AssetOut(key='a', key_prefix='b')  # at", ConflictError),
        ("x = In(asset_key='a')  # at", ArgumentError),
        ("x = define_asset_job('a b')  # at", InvalidNameError),
        ("x = define_asset_job('a', 'b and')  # at", ArgumentError),
        ("x = define_asset_job('a', [])  # at", ArgumentError),
        ("x = define_asset_job('a', [1])  # at", ArgumentError),
        ("x = define_asset_job('a', hooks=[1])  # at", ArgumentError),
        ("x = define_asset_job('a', 5)  # at", ArgumentError),
        ("x = define_asset_job('a', tags=5)  # at", ArgumentError),
        ("x = AssetKey(5)  # at", InvalidNameError),
        ("x = AssetKey({'a', 'b'})  # at", InvalidNameError),
        ("x = Out(is_required='no')  # at", ArgumentError),
        ("x = Out(io_manager_key=5)  # at", ArgumentError),
        ("@asset(io_manager_key=5)  # at\ndef a(): return 1", ArgumentError),
        (
            "@multi_asset(outs={'x': AssetOut()}, can_subset='no')  # at\ndef a(): return 1",
            ArgumentError,
        ),
    ],
)
def test_a_wrong_argument_is_refused_at_its_line(
    definition: str, error: type[DefinitionError]
) -> None:
    refused(error, defs=definition + "\n")


@pytest.mark.parametrize(
    ("op_type", "asset_type", "is_refused"),
    [
        ("int", "str", True),
        ("int", "Nothing", True),
        ("int", "bool", False),
        ("object", "int", False),
    ],
)
def test_types_of_op_and_asset_must_be_able_to_hold_both(
    op_type: str, asset_type: str, *, is_refused: bool
) -> None:
    source = f"""
    @op(out=Out({op_type}))
    def make(): return 1
    @graph_asset(dagster_type={asset_type})  # at
    def a(): return make()
    """

    if is_refused:
        refused(ConflictError, defs=source)
    else:
        snapshot(source)


def test_an_output_is_required_only_if_both_say_so() -> None:
    found = snapshot(
        """
        @op
        def make(): return 1
        @graph_asset(output_required=False)
        def a(): return make()
        """
    )

    assert not steps(found)["a.make"].outputs[0].is_required


def test_an_element_of_a_list_cannot_have_a_manager_of_its_own() -> None:
    refused(
        ConflictError,
        defs="""
        up, other = AssetSpec("up"), AssetSpec("other")
        @op
        def join(xs): return xs
        @graph_asset(ins={"up": AssetIn(input_manager_key="lake")})  # at
        def a(up, other): return join([up, other])
        """,
    )


def test_a_block_that_makes_several_assets_has_no_only_key() -> None:
    @multi_asset(outs={"a": AssetOut(), "b": AssetOut()})
    def both() -> tuple[int, int]:
        return 1, 2

    with pytest.raises(ArgumentError):
        _ = both.key

    assert both.keys == {AssetKey("a"), AssetKey("b")}


def test_how_many_versions_are_kept_is_said_of_all_assets_of_a_block_or_of_one() -> None:
    outs = {"one": AssetOut(keep_versions=9), "two": AssetOut()}

    @multi_asset(outs=outs, keep_versions=2)
    def pair():
        return 1, 2

    @asset
    def plain():
        return 1

    def kept(*blocks: AssetsDefinition) -> dict[str, int]:
        built = Definitions(assets=blocks).built.snapshot
        return {each.key: each.keep_versions for each in built.assets}

    assert kept(pair, plain) == {"one": 9, "two": 2, "plain": 0}
    assert kept(pair.with_attributes(group_names_by_key={AssetKey("one"): "g"})) == {
        "one": 9,
        "two": 2,
    }
    grouped = pair.map_asset_specs(lambda spec: spec.replace_attributes(group_name="g"))
    assert kept(grouped) == {"one": 9, "two": 2}


@pytest.mark.parametrize("keep", [0, -1, True, 2.5, "3"])
def test_no_number_of_versions_is_refused(keep: object) -> None:
    with pytest.raises(ArgumentError, match=r"@asset 'a': keep_versions=.* is no whole number"):

        @asset(keep_versions=keep)  # type: ignore[call-overload]
        def a():
            return 1

    with pytest.raises(ArgumentError, match="AssetOut: keep_versions="):
        AssetOut(keep_versions=keep)  # type: ignore[arg-type]


def test_versions_that_treadle_does_not_store_are_not_its_to_keep() -> None:
    @asset(keep_versions=2, io_manager_key="mine")
    def stored():
        return 1

    @asset(keep_versions=2, dagster_type=Nothing)
    def unstored():
        pass

    with pytest.raises(ConflictError, match=r"asset 'stored', but 'mine' stores it"):
        Definitions(assets=[stored], resources={"mine": InMemoryIOManager()})
    with pytest.raises(ConflictError, match=r"asset 'unstored', but nothing is stored of it"):
        Definitions(assets=[unstored])
    with pytest.raises(ConflictError, match="specs and keep_versions"):
        multi_asset(specs=[AssetSpec("s")], keep_versions=2)


def test_the_function_of_an_asset_may_be_called() -> None:
    @asset
    def a(up: int) -> int:
        return up + 1

    assert a(1) == 2


def test_an_effect_that_nothing_leads_to_is_refused_in_a_nested_graph_too() -> None:
    refused(
        UnusedError,
        defs="""
        @op(out=Out(Nothing), ins={"after": In(Nothing)})
        def effect(): pass
        @op
        def make(): return 1
        @graph
        def inner(after):
            effect(after)  # at
            return make()
        @graph_asset
        def a(): return inner()
        """,
    )
