"""What the body of a graph may do, and that anything else is refused at its line."""

from __future__ import annotations

import pytest

from tests.authored import refused, snapshot, steps
from treadle import ArgumentError, CompositionError, InvalidNameError, UnusedError, graph, op

OPS = """
@op
def make(): return 1
@op
def use(x): return x
@op
def join(x, y): return x
@op(out={"a": Out(), "b": Out()})
def two(): return 1, 2
@op(out=Out(Nothing), ins={"after": In(Nothing)})
def effect(): pass
@op(ins={"after": In(Nothing)})
def ordered(): return 1
@op
def defaulted(x=1): return x
"""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return use(1)  # at", "which is not an output of an op"),
        ("return use()  # at", "is not given its input 'x'"),
        ("return use(make(), make())  # at", "takes 1 inputs, 2 were given"),
        ("return use(y=make())  # at", "has no input 'y'"),
        ("return join(make(), x=make())  # at", "given twice"),
        ("return use([])  # at", "an empty list"),
        ("return use((make(), make()))  # at", "given a tuple"),
        ("return use(two())  # at", "all outputs at once: 'a', 'b'"),
        ("return use(two().c)  # at", "has no output 'c'"),
        ("return use(make() + 1)  # at", "has no value yet: arithmetic"),
        ("return use(make()[0])  # at", "has no value yet"),
        ("return use(make() if make() else 1)  # at", "has no value yet: truth"),
        ("return use([x for x in make()])  # at", "has no value yet: iteration"),
        ("return use(make().columns)  # at", "attribute 'columns'"),
    ],
)
def test_a_call_that_cannot_be_written_down_is_refused(body: str, said: str) -> None:
    refusal = refused(CompositionError, defs=OPS + f"@graph_asset\ndef a():\n    {body}\n")

    assert said in str(refusal)


def test_reading_nothing_by_value_names_what_makes_it() -> None:
    body = "done = effect(make())  # and\n    return use(done)  # at"

    refused(CompositionError, defs=OPS + f"@graph_asset\ndef a():\n    {body}\n")


@pytest.mark.parametrize(
    ("decorator", "body", "said"),
    [
        ("@graph_asset  # at", "return 1", "not an output of an op"),
        ("@graph_asset  # at", "return two()", "several outputs"),
        ("@graph_asset  # at", "make()", "did not return"),
        ("@graph_asset  # at", "return {'other': make()}", "'other', which is not declared"),
        (
            '@graph_multi_asset(outs={"x": AssetOut(), "y": AssetOut()})  # at',
            "return make()",
            "a single value",
        ),
        (
            '@graph_multi_asset(outs={"x": AssetOut(), "y": AssetOut()})  # at',
            "return make(), make(), make()",
            "returned 3 outputs, 2 are declared",
        ),
        (
            '@graph_multi_asset(outs={"x": AssetOut(), "y": AssetOut()})  # at',
            "return {'x': make()}",
            "did not return its output 'y'",
        ),
    ],
)
def test_a_return_that_does_not_fit_is_refused(decorator: str, body: str, said: str) -> None:
    refusal = refused(CompositionError, defs=OPS + f"{decorator}\ndef a():\n    {body}\n")

    assert said in str(refusal)


def test_a_graph_may_not_return_its_argument() -> None:
    refused(CompositionError, defs='x = AssetSpec("x")\n@graph_asset  # at\ndef a(x): return x\n')


@pytest.mark.parametrize(
    "body",
    [
        "make()  # at\n    return make()",
        "use(make())  # at\n    return make()",
        "two()  # at\n    return make()",
        "effect()  # at\n    return make()",
    ],
)
def test_a_node_that_nothing_could_need_is_refused(body: str) -> None:
    refused(UnusedError, defs=OPS + f"@graph_asset\ndef a():\n    {body}\n")


def test_an_effect_after_an_op_is_kept() -> None:
    found = snapshot(
        OPS + "@graph_asset\ndef a():\n    made = make()\n    effect(made)\n    return use(made)\n"
    )

    assert "a.effect" in steps(found)


def test_an_argument_that_is_never_passed_on_is_refused() -> None:
    refused(UnusedError, defs=OPS + "@graph_asset  # at\ndef a(x): return make()\n")


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ("context", "asks for the context"),
        ("*x", "has no fixed name"),
        ("x=1", "has a default"),
        ("config", "asks for config"),
        ("db: ResourceParam[str]", "asks for a resource"),
    ],
)
def test_a_parameter_that_only_an_op_can_have_is_refused(parameters: str, said: str) -> None:
    refusal = refused(
        ArgumentError, defs=OPS + f"@graph_asset  # at\ndef a({parameters}): return make()\n"
    )

    assert said in str(refusal)


def test_a_generator_is_no_graph() -> None:
    refused(ArgumentError, defs=OPS + "@graph_asset  # at\ndef a(): yield make()\n")


def test_two_nodes_of_one_name_name_both_lines() -> None:
    refused(
        CompositionError,
        defs=OPS
        + """
@graph_asset
def a():
    x = make.alias("n")()  # and
    return join(x, make.alias("n")())  # at
""".lstrip("\n"),
    )


def test_a_handle_of_another_body_is_refused() -> None:
    refusal = refused(
        CompositionError,
        defs=OPS
        + """
kept = []
@graph
def one():
    kept.append(make())
    return kept[0]
@graph_asset
def a(): return use(kept[0])  # at
""".lstrip("\n"),
    )

    assert "another graph's body" in str(refusal)


def test_a_list_of_a_list_is_refused_where_it_is_made() -> None:
    refused(
        CompositionError,
        defs=OPS
        + """
@graph
def inner(xs): return use([xs, make()])  # at
@graph_asset
def a(): return inner([make(), make()])
""".lstrip("\n"),
    )


def test_an_op_is_a_function_outside_of_a_graph_and_a_graph_is_not() -> None:
    @op
    def double(x: int) -> int:
        return 2 * x

    @graph
    def twice(x: object) -> object:
        return double(x)

    assert double(4) == 8
    with pytest.raises(CompositionError, match="outside of a graph's body"):
        twice(4)


def test_an_alias_must_be_a_name() -> None:
    @op
    def make() -> int:
        return 1

    with pytest.raises(InvalidNameError):
        make.alias("a.b")


def test_defaults_are_used_where_nothing_is_passed() -> None:
    found = snapshot(
        OPS
        + """
@graph
def inner(x): return defaulted(x)
@graph_asset
def a(): return join(defaulted(), inner())
""".lstrip("\n")
    )

    for key in ("a.defaulted", "a.inner.defaulted"):
        (read,) = steps(found)[key].inputs
        assert (read.sources, read.has_default) == ((), True)


def test_a_body_that_raises_leaves_no_body_open() -> None:
    @op
    def make() -> int:
        return 1

    with pytest.raises(ZeroDivisionError):

        @graph
        def broken() -> object:
            return make() if 1 / 0 else None

    assert make() == 1
