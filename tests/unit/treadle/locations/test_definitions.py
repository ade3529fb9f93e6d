"""What only the whole of a module can show is refused in Definitions, at the lines that did it."""

from __future__ import annotations

import pytest

from tests.authored import location, refused
from treadle import (
    ArgumentError,
    AssetSpec,
    ConflictError,
    CycleError,
    Definitions,
    DuplicateError,
    MissingError,
    asset,
)


def test_an_asset_that_is_made_twice_names_both_lines() -> None:
    refusal = refused(
        DuplicateError,
        defs="""
        @asset  # and
        def first(): return 1
        @asset(name="first")  # at
        def second(): return 2
        """,
    )

    assert "'first'" in str(refusal)


def test_one_definition_under_two_names_is_one() -> None:
    found = location(
        defs="""
        @asset
        def a(): return 1
        b = a
        every = [a, b]
        """
    ).snapshot

    assert [asset.key for asset in found.assets] == ["a"]


def test_an_asset_that_is_made_and_declared_is_refused() -> None:
    refused(
        DuplicateError,
        defs="""
        @asset  # and
        def a(): return 1
        spec = AssetSpec("a")  # at
        """,
    )


def test_a_missing_upstream_names_the_block_and_the_nearest_name() -> None:
    refusal = refused(
        MissingError,
        defs="""
        @asset
        def customers(): return 1
        @asset  # at
        def report(customer): return customer
        defs = Definitions(assets=[customers, report])  # and
        """,
    )

    assert "'customer'" in str(refusal)
    assert "Did you mean 'customers'?" in str(refusal)


@pytest.mark.parametrize(
    "decorator",
    ['@asset(deps=["nowhere"])  # at', '@asset(ins={"x": AssetIn("nowhere")})  # at'],
)
def test_a_missing_upstream_is_refused_however_it_is_named(decorator: str) -> None:
    argument = "x" if "ins" in decorator else ""
    refused(MissingError, defs=f"{decorator}\ndef a({argument}): return 1\n")


def test_what_a_spec_depends_on_must_be_known_too() -> None:
    refused(MissingError, defs='spec = AssetSpec("a", deps=["nowhere"])  # at\n')


def test_a_declared_upstream_is_enough() -> None:
    found = location(defs='raw = AssetSpec("raw")\n@asset\ndef a(raw): return raw\n').snapshot

    assert [asset.is_external for asset in found.assets] == [False, True]


def test_a_missing_resource_names_the_op_and_the_nearest_key() -> None:
    refusal = refused(
        MissingError,
        defs="""
        @op  # at
        def read(database: ResourceParam[str]): return database
        @graph_asset
        def a(): return read()
        defs = Definitions(assets=[a], resources={"databases": 1})  # and
        """,
    )

    assert "Did you mean 'databases'?" in str(refusal)


def test_a_resource_that_a_whole_graph_requires_must_be_given() -> None:
    refused(
        MissingError,
        defs="""
        @op
        def one(): return 1
        @graph_asset(required_resource_keys={"database"})  # at
        def a(): return one()
        """,
    )


@pytest.mark.parametrize(
    "decorator",
    [
        '@asset(io_manager_key="lake")  # at',
        '@asset(ins={"up": AssetIn(input_manager_key="lake")})  # at',
    ],
)
def test_an_unknown_io_manager_is_refused(decorator: str) -> None:
    refusal = refused(
        MissingError,
        defs=f'up = AssetSpec("up")\n{decorator}\ndef a(up): return up\n',
    )

    assert "'lake'" in str(refusal)


def test_an_intermediate_may_not_name_an_unknown_io_manager_either() -> None:
    refused(
        MissingError,
        defs="""
        @op(out=Out(io_manager_key="lake"))  # at
        def one(): return 1
        @op
        def two(x): return x
        @graph_asset
        def a(): return two(one())
        """,
    )


def test_an_io_manager_that_is_none_is_refused() -> None:
    refusal = refused(
        ArgumentError,
        defs="""
        @asset  # at
        def a(): return 1
        defs = Definitions(assets=[a], resources={"io_manager": object()})  # and
        """,
    )

    assert "IOManager" in str(refusal)


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        ("fooo", "foo"),
        ("group:nowhere", "nowhere"),
        ("raw", "raw"),
        ("foo and not foo", "nothing"),
    ],
)
def test_a_job_that_selects_what_is_not_there_is_refused(selection: str, said: str) -> None:
    refusal = refused(
        ArgumentError,
        defs=f"""
        raw = AssetSpec("raw")
        @asset
        def foo(raw): return raw
        job = define_asset_job("job", {selection!r})  # at
        defs = Definitions(assets=[foo, raw], jobs=[job])  # and
        """,
    )

    assert "'job'" in str(refusal)
    assert said in str(refusal)


def test_a_job_that_parts_a_block_is_refused_with_a_selection_that_works() -> None:
    source = """
        @multi_asset(outs={{"a": AssetOut(), "b": AssetOut()}})  {mark}
        def ab(): return 1, 2
        @asset
        def c(a): return a
        job = define_asset_job("job", {selection!r})  {at}
        """

    refusal = refused(
        ConflictError, defs=source.format(selection="a or c", mark="# and", at="# at")
    )

    assert "Select 'a or b or c'" in str(refusal)
    location(defs=source.format(selection="a or b or c", mark="", at=""))


def test_two_jobs_of_one_name_are_refused() -> None:
    refused(
        DuplicateError,
        defs="""
        @asset
        def a(): return 1
        one = define_asset_job("job")  # and
        two = define_asset_job("job")  # at
        """,
    )


def test_a_circle_between_assets_is_written_out() -> None:
    refusal = refused(
        CycleError,
        defs="""
        @asset  # at
        def a(c): return c
        @asset  # and
        def b(a): return a
        @asset  # and
        def c(b): return b
        """,
    )

    assert "a (step a) needs c (step c)" in str(refusal)


def test_an_asset_that_reads_itself_is_a_circle() -> None:
    refused(CycleError, defs="@asset  # at\ndef a(a): return a\n")


def test_two_blocks_that_would_still_have_one_node_name_are_refused() -> None:
    refusal = refused(
        DuplicateError,
        defs="""
        @asset(key="a-b")  # and
        def one(): return 1
        @asset(key="a.b")  # at
        def two(): return 2
        """,
    )

    assert "'a_b__a_b'" in str(refusal)


def test_reading_an_asset_of_type_nothing_by_value_is_refused() -> None:
    refusal = refused(
        ConflictError,
        defs="""
        @asset  # and
        def cleaned() -> None: pass
        @asset  # at
        def report(cleaned): return cleaned
        """,
    )

    assert "deps=['cleaned']" in str(refusal)


def test_ordering_after_an_asset_of_type_nothing_is_fine() -> None:
    location(
        defs="""
        @asset
        def cleaned() -> None: pass
        @asset(deps=[cleaned])
        def report(): return 1
        """
    )


@pytest.mark.parametrize(
    "arguments",
    [
        {"assets": [1]},
        {"assets": AssetSpec("a")},
        {"jobs": ["a"]},
        {"resources": ["database"]},
        {"schedules": [1]},
        {"asset": []},
    ],
    ids=str,
)
def test_an_argument_of_the_wrong_kind_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ArgumentError) as caught:
        Definitions(**arguments)  # type: ignore[arg-type]  # the fault under test

    assert caught.value.source.file == __file__


def test_definitions_say_how_much_they_hold() -> None:
    @asset
    def a() -> int:
        return 1

    assert "1 blocks" in repr(Definitions([a]))
