"""success_hook and failure_hook: what makes a hook, what is refused, and which steps have which."""

from __future__ import annotations

import pytest

from tests.authored import location, refused, steps
from treadle import (
    ArgumentError,
    HookContext,
    HookDefinition,
    InvalidNameError,
    MissingError,
    UnusedError,
    build_hook_context,
    failure_hook,
    graph,
    job,
    op,
    success_hook,
)
from treadle_contract.ids import StepKey


@success_hook
def tell(context: HookContext) -> str:
    return f"{context.hook_def.name} {context.run_id}"


@failure_hook(name="alert", required_resource_keys={"pager"})
def call_somebody(context: HookContext) -> object:
    return context.resources.pager, context.op_exception, context.required_resource_keys


def test_a_function_becomes_a_hook_of_its_name_or_the_one_given() -> None:
    assert isinstance(tell, HookDefinition)
    assert (tell.name, call_somebody.name) == ("tell", "alert")
    assert call_somebody.required_resource_keys == {"pager"}


def test_a_test_calls_it_with_a_context_that_was_built() -> None:
    error = ValueError("no")

    assert tell(build_hook_context(run_id="R")) == "tell R"
    said = call_somebody(build_hook_context(resources={"pager": 7}, op_exception=error))

    assert said == (7, error, {"pager"})


def test_over_a_graph_it_is_given_to_that() -> None:
    @graph
    def inner() -> object:
        return op(name="one")(lambda: 1)()

    assert tell(inner).hooks == (tell,)


def test_over_a_job_it_is_given_to_that() -> None:
    @tell
    @call_somebody
    @job
    def nightly() -> None:
        op(name="one")(lambda: 1)()

    assert nightly.hooks == (call_somebody, tell)
    assert tell.decorated_fn is tell.fn


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("@success_hook  # at\ndef h(): pass", "is called with one argument, its context"),
        ("@failure_hook  # at\ndef h(context, db): pass", "does not take just that"),
        ("@success_hook  # at\ndef h(context, *, db): pass", "does not take just that"),
        ("@success_hook  # at\nasync def h(context): pass", "an async function"),
        ("@failure_hook  # at\ndef h(context): yield", "stands over a generator"),
        ("@success_hook('h')  # at\ndef h(context): pass", "success_hook"),
        ("@success_hook(required_resource_keys='db')  # at\ndef h(context): pass", "{'db'}"),
        ("@asset(hooks={print})  # at\ndef a(): return 1", "hooks has the function 'print'"),
        ("@asset(hooks='h')  # at\ndef a(): return 1", "Give a set: {my_hook}"),
        ("@success_hook\ndef h(context): pass\nh(3)  # at", "The hook 'h' was called with 3"),
        ("@success_hook\ndef h(context): pass\nh()  # at", "build_hook_context"),
        ("from treadle import HookDefinition\nHookDefinition(name='h', hook_fn=print)  # at", "Put @success_hook or"),
        ("@success_hook\ndef h(context): pass\n@asset(hooks=h)  # at\ndef a(): return 1", "Give a set"),
        ("@op\ndef o(): return 1\n@graph_asset\ndef a(): return o.with_hooks([3])()  # at", "has 3"),
    ],
)  # fmt: skip
def test_what_is_no_hook_is_refused_where_it_is_written(source: str, words: str) -> None:
    assert words in str(refused(ArgumentError, defs=f"{_IMPORTS}{source}"))


def test_a_name_is_checked() -> None:
    with pytest.raises(InvalidNameError, match=r"@failure_hook name 'a b'"):
        failure_hook(name="a b")(lambda _: None)


_IMPORTS = "from treadle import failure_hook, success_hook, define_asset_job\n"
_HOOK = f"""
    {_IMPORTS}
    @success_hook(required_resource_keys={{"pager"}})
    def h(context): pass
    @op
    def o(): return 1
"""


@pytest.mark.parametrize(
    ("source", "who"),
    [
        ("@asset(hooks={h})  # at\n    def a(): return 1", "hook 'h' of @asset 'a'"),
        ("@graph_asset\n    def a(): return o.with_hooks({h})()  # at", "hook 'h' of 'o' in"),
        ("a = AssetsDefinition.from_op(o, hook_defs={h})  # at", "hook 'h' of from_op 'o'"),
        ("a = asset(lambda: 1)\n    j = define_asset_job('j', hooks={h})  # at", "job 'j'"),
    ],
)
def test_a_resource_that_it_lacks_is_refused(source: str, who: str) -> None:
    source = source.replace("asset(lambda: 1)", "asset(name='a')(lambda: 1)")

    refusal = str(refused(MissingError, defs=f"{_HOOK}\n    {source}"))

    assert who in refusal
    assert "resources={'pager': …}" in refusal


def test_with_hooks_changes_nothing_in_place() -> None:
    source = """
    @graph_asset  
    def a():
        o.with_hooks({h})  # at
        return o()
    """

    assert "was given the tag, hooks or a policy" in str(refused(UnusedError, defs=_HOOK + source))


def test_each_step_has_those_of_its_block_its_graphs_and_its_invocation() -> None:
    found = location(
        defs=f"""
        {_IMPORTS}
        def hook(name): return success_hook(name=name, required_resource_keys={{name}})(lambda _: None)
        block, outer, own = hook("block"), hook("outer"), hook("own")
        @op
        def o(x=1): return x
        @graph
        def inner(): return o.alias("b").with_hooks({{own}}).with_hooks({{block}})(o.alias("a")())
        @graph_asset(hooks={{block}})
        def g(): return inner.with_hooks([outer])()
        defs = Definitions(
            assets=[g], resources={{"block": 1, "outer": 2, "own": 3}},
            jobs=[define_asset_job("j", hooks={{own}})],
        )
        """
    )

    assert [hook.name for hook in found.step(StepKey("g.inner.a")).hooks] == ["block", "outer"]
    assert [hook.name for hook in found.step(StepKey("g.inner.b")).hooks] == [
        "block",
        "outer",
        "own",
    ]
    assert steps(found.snapshot)[StepKey("g.inner.a")].resource_keys == ("block", "outer")
    assert [hook.name for hook in found.hooks_of_job("j")] == ["own"]
    assert found.snapshot.jobs[0].resource_keys == ("own",)
    assert found.hooks_of_job("") == ()
