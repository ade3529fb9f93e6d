"""A definition that cannot be meant is refused at its line, in words that say what to write."""

from __future__ import annotations

import pytest

import treadle
from tests.authored import location, reads, refused, snapshot
from treadle import (
    ArgumentError,
    CompositionError,
    DefinitionError,
    InvalidNameError,
    UnusedError,
)

TWO = "out={'a': Out(), 'b': Out()}"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("@op  # at\ndef f(x: int = 'a'): return x", "declared int, and its default 'a' is a str"),
        ("@op(ins={'x': In(int, default_value='a')})  # at\ndef f(x): return x", "is a str"),
        ("@op  # at\ndef f(x: 5): return x", "annotated 5, which is not a type"),
        ("@op  # at\ndef f(x) -> 5: return x", "annotated to return 5"),
        ("In('int')  # at", "In: dagster_type is 'int', which is not a type"),
        ("Out([int])  # at", "Out: dagster_type is a list, which is not a type"),
        ("In(Nothing, default_value=3)  # at", "In(Nothing) has a default: 3"),
        ("AssetIn(dagster_type=3)  # at", "AssetIn: dagster_type is 3"),
        ("AssetOut(dagster_type='x')  # at", "AssetOut: dagster_type is 'x'"),
        (f"@op({TWO})  # at\ndef f() -> int: return 1", "annotated to return int"),
        (f"@op({TWO})  # at\ndef f() -> None: return 1", "annotated to return None"),
        (f"@op({TWO})  # at\ndef f() -> dict[str, int]: return 1", "to return dict"),
        (f"@op({TWO})  # at\ndef f() -> tuple[int, int, int]: return 1", "to return a tuple of 3"),
        ("@op  # at\ndef f(context: int): return 1", "'context' is the context, and annotated int"),
        ("@op(out=Out(str))  # at\ndef f() -> int: return 1", "declared str, and annotated int"),
        ("@op(out=Out(Nothing))  # at\ndef f() -> int: return 1", "declared Nothing"),
        ("@asset(dagster_type=str)  # at\ndef f() -> int: return 1", "and annotated int"),
        ("@op(out={'a': Out(int), 'b': Out(str)})  # at\ndef f() -> tuple[str, str]: ...", "'a' is"),
        ("@op(ins={'x': In})  # at\ndef f(x): return x", "Write 'x': In()"),
        ("@op(retry_policy=RetryPolicy)  # at\ndef f(): return 1", "=the class RetryPolicy is no"),
        ("@asset('name')  # at\ndef f(): return 1", "@asset was given 'name' by position"),
        ("@op('name')  # at\ndef f(): return 1", "Write name='name'"),
        ("asset(op(lambda: 1, ))  # at", "<lambda>"),
        ("@asset  # at\n@op(name='g')\ndef f(): return 1", "stands over the op 'g'"),
        ("@graph_asset  # at\n@graph(name='g')\ndef f(): return op(name='o')(lambda: 1)()", "from_graph"),
        ("from functools import partial\nasset(partial(print, 2))  # at", "which has no name"),
        ("op(name='m')(max)  # at", "whose parameters Python does not tell"),
        ("@op(ins={'x': int})  # at\ndef f(x): return x", "Write 'x': In(int)"),
        ("@asset(ins=['x'])  # at\ndef f(x): return x", "ins is a list, and no mapping"),
        ("@multi_asset(outs=['a'])  # at\ndef f(): return 1", "Give {name: AssetOut(…)}"),
        ("@multi_asset  # at\ndef f(): return 1", "Write @multi_asset(outs=…)"),
        ("@graph_multi_asset  # at\ndef f(): return 1", "is written without brackets"),
        ("@asset(required_resource_keys='db')  # at\ndef f(): return 1", "{'db'}"),
        ("@asset(required_resource_keys={1})  # at\ndef f(): return 1", "has 1, which is not text"),
        ("@graph_multi_asset(outs=['a'])  # at\ndef f(): return 1", "Give {name: AssetOut(…)}"),
        ("@graph_multi_asset(outs={'a': AssetOut})  # at\ndef f(): return 1", "Write 'a': AssetOut()"),
        ("@asset(deps=5)  # at\ndef f(): return 1", "asset: deps=5 is not a list"),
        ("@asset(deps='a')  # at\ndef f(): return 1", "even of one: ['a']"),
        ("AssetSpec('a', owners=5)  # at", "AssetSpec: owners=5 is not a list"),
        ("AssetOut(owners='me@x.org')  # at", "even of one: ['me@x.org']"),
        ("Definitions(assets=op(name='o')(lambda: 1))  # at", "the op 'o' is not a list"),
        ("Definitions(jobs=5)  # at", "jobs=5 is not a list"),
        ("@multi_asset(outs={'a': AssetOut()}, internal_asset_deps={'a': int})  # at\ndef f(): return 1", "['a']=the class int is not"),
        ("@op(ins={'x': In(str)})  # at\ndef f(x: int): return x", "declared str, and annotated int"),
        ("@op(ins={'x': In(str)})  # at\ndef f(x: list[int]): return x", "annotated list[int]"),
        ("@asset(ins={'x': AssetIn(dagster_type=str)})  # at\ndef f(x: int): return x", "annotated int"),
        ("from typing import *\n@op  # at\ndef f(x: Literal['a'] = 'b'): return x", "its default 'b' is a str"),
        ("@op  # at\ndef f(x: dict[str, int] = {'a': 'b'}): return x", "its default a dict is a dict"),
        ("@op  # at\ndef f(x: list[tuple[int, str]] = [(1, 2)]): return x", "its default a list"),
        ("@op  # at\ndef f(x: tuple[int, int] = (1, 2, 3)): return x", "its default a tuple"),
        ("from typing import *\n@op  # at\ndef f(x: Callable = 3): return x", "its default 3 is an int"),
        ("from typing import *\n@op  # at\ndef f(x: Mapping[str, int] = 3): return x", "is an int"),
        (f"from typing import *\n@op({TWO})  # at\ndef f() -> Literal[1]: return 1", "to return Literal[1]"),
    ],
)  # fmt: skip
def test_an_argument_or_a_signature(source: str, words: str) -> None:
    assert words in str(refused(DefinitionError, defs=source))


@pytest.mark.parametrize(
    "source",
    [
        "@op\ndef f(x: int = None): return x",
        "@op\ndef f(x: float = 1): return x",
        "@op(out=Out(float))\ndef f() -> int: return 1",
        "@op(out=Out(object))\ndef f() -> int: return 1",
        "from typing import *\n@op(out=Out(int))\ndef f() -> Iterator[Output]: yield Output(1)",
        f"from typing import *\n@op({TWO})\ndef f() -> Sequence[int]: return 1, 2",
        f"from typing import *\n@op({TWO})\ndef f() -> Iterator[Output]: yield from ()",
        f"from typing import *\n@op({TWO})\ndef f() -> Any: return 1, 2",
        f"from typing import *\n@op({TWO})\ndef f() -> Tuple[int, ...]: return 1, 2",
        "from typing import *\n@op(out={'a': Out(Nothing), 'b': Out(Nothing)})\ndef f() -> None: ...",
        "from typing import *\nUserId = NewType('UserId', int)\n@op\ndef f(x: UserId): return x",
        "@op(ins={'x': In(float)})\ndef f(x: int = 3): return x",
        "@op(ins={'x': In(int)})\ndef f(x: 'NotThere'): return x",
        "@op(ins={'x': In(int)})\ndef f(x: int | None): return x",
        "from typing import *\n@op(ins={'x': In(str)})\ndef f(x: Literal['a', 1] = 'a'): return x",
        "from typing import *\nT = TypeVar('T')\n@op(ins={'x': In(str)})\ndef f(x: T): return x",
        "from typing import *\n@op(ins={'x': In(Sized)})\ndef f(x: Iterable[int]): return x",
        "from typing import *\n@op(ins={'x': In(list)})\ndef f(x: Annotated[list[int], 'm']): return x",
        "from typing import *\n@op\ndef f(x: Sequence[float] = (1, 2.5)): return x",
        "from typing import *\n@op\ndef f(x: dict[str, 'Later | None'] = {'a': None}): return x",
        "from typing import *\n@op\ndef f(x: tuple[int, ...] = (), y: Callable[[], int] = len): return x",
        "import sys\nfrom typing import *\n@op\ndef f(x: TextIO = sys.stdout, y: IO[str] = sys.stdout): ...",
        "from typing import *\n@op\ndef f(x: type[int] = int, y: Mapping[str, int] = {'a': True}): ...",
        f"from typing import *\n@op({TWO})\ndef f() -> Annotated[tuple[int, int], 'm']: return 1, 2",
    ],
)
def test_what_can_be_meant_is_taken(source: str) -> None:
    snapshot(source + "\n@asset\ndef a(): return 1")


@pytest.mark.parametrize("name", ["_", "context", "_context", "context_"])
def test_a_first_parameter_of_dagsters_names_is_the_context(name: str) -> None:
    found = snapshot(f"@asset\ndef u(): return 1\n@asset\ndef a({name}, u): return u")

    assert reads(found, "a") == {"u": ["@u"]}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("tags={'bad key!': 'x'}", "'bad key!' is not a valid key of a tag"),
        ("tags={'k': 'a b'}", "which no asset's tag has"),
        ("tags={'k': 3}", "tag 'k' has the value 3"),
        ("kinds={'a b'}", "'a b' is not a valid kind"),
        ("owners=['nope']", "'nope' is not a valid owner"),
        ("owners=['team:a b']", "not a valid owner"),
        ("op_tags={'': 1}", "'' is not a valid key of a tag"),
    ],
)
def test_tags_kinds_and_owners_have_a_format(said: str, words: str) -> None:
    source = f"@asset({said})  # at\ndef a(): return 1"

    assert words in str(refused(InvalidNameError, defs=source))


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        (
            "return use(make)  # at",
            CompositionError,
            "was given the op 'make', which is not an output",
        ),
        ("return use(make)  # at", CompositionError, "Call it: make()"),
        ("return use(whole)  # at", CompositionError, "Call it: whole()"),
        ("return use(stored)  # at", CompositionError, "the asset 'stored'"),
        ("return use(stored)  # at", CompositionError, "an argument of the graph's function"),
        ("return use(make.alias('m'))  # at", CompositionError, "Call it"),
        (
            "make.alias('first')  # at\n    return make()",
            UnusedError,
            "was given the alias 'first'",
        ),
        ("make.alias('f').tag({'a': 'b'})  # at\n    return make()", UnusedError, "never called"),
    ],
)
def test_what_stands_for_no_value_in_a_body(
    body: str, error: type[DefinitionError], words: str
) -> None:
    source = f"""
@op
def make(): return 1
@op
def use(x): return x
@graph
def whole(): return make()
@asset
def stored(): return 1
@graph_asset
def a():
    {body}
""".lstrip("\n")

    assert words in str(refused(error, defs=source))


def test_a_body_that_returns_what_it_did_not_call() -> None:
    source = "@op\ndef make(): return 1\n@graph_asset  # at\ndef a(): return make"

    assert "Call it: make()" in str(refused(CompositionError, defs=source))


def test_a_graph_takes_any_inputs_that_ins_names() -> None:
    found = snapshot(
        """
@asset
def north(): return 1
@asset
def south(): return 2
@op
def join(parts): return parts
@graph_asset(ins={'n': AssetIn('north'), 's': AssetIn('south')})
def joined(**parts): return join(list(parts.values()))
@graph(ins={'x': GraphIn()})
def again(**given): return join([given['x']])
more = AssetsDefinition.from_graph(again, keys_by_input_name={'x': 'north'})
"""
    )

    assert reads(found, "joined.join") == {"parts": ["@north", "@south"]}
    assert reads(found, "again.join") == {"parts": ["@north"]}


def test_a_graph_that_takes_any_inputs_has_them_named() -> None:
    source = "@op\ndef use(x): return x\n@graph_asset  # at\ndef a(**parts): return use(parts['x'])"

    assert "ins={name: …}" in str(refused(ArgumentError, defs=source))


def test_deps_of_a_multi_asset_are_all_of_its_assets() -> None:
    found = snapshot(
        """
@multi_asset(outs={'x': AssetOut(), 'y': AssetOut()})
def both(): return 1, 2
@asset(deps=[both])
def after(): return 1
"""
    )

    assert {key for keys in reads(found, "after").values() for key in keys} == {"@x", "@y"}


def test_an_older_name_of_dagsters_says_what_is_written_now() -> None:
    source = "@graph_asset(compute_kind='python')  # at\ndef a(): return 1"

    refusal = str(refused(ArgumentError, defs=source))

    assert "write kinds={'python'}" in refusal
    assert "Did you mean" not in refusal


def test_a_list_of_what_is_taken_names_nothing_that_is_refused() -> None:
    refusal = str(refused(ArgumentError, defs="@asset(colour=1)  # at\ndef a(): return 1"))

    assert "'kinds'" in refusal
    for name in ("freshness_policy", "pool", "is_virtual", "compute_fn"):
        assert f"'{name}'" not in refusal


def test_a_name_of_dagsters_that_is_not_there_says_so() -> None:
    with pytest.raises(ImportError, match="Automation is not there yet"):
        from treadle import AutomationCondition  # noqa: F401, PLC0415
    with pytest.raises(ImportError, match="cannot import name 'nonsense'"):
        from treadle import nonsense  # noqa: F401, PLC0415
    with pytest.raises(AttributeError, match="Automation is not there yet"):
        _ = treadle.AutomationCondition  # type: ignore[attr-defined]
    assert not hasattr(treadle, "AutomationCondition")
    assert not hasattr(treadle, "nonsense")


LIBRARY = "class Client:\n    n = 3\n"


def test_a_parameter_of_a_third_partys_class_is_the_resource_of_its_name() -> None:
    loaded = location(
        defs=LIBRARY
        + """
@asset
def rows(client: Client): return client.n
@op
def fetch(client: Client): return client.n
@op
def keep(x): return x
@graph_asset
def kept(): return keep(fetch())
defs = Definitions(assets=[rows, kept], resources={'client': Client()})
"""
    )

    for key in ("rows", "kept.fetch"):
        assert list(loaded.step(key).op.resource_params) == ["client"]  # type: ignore[arg-type]
        assert reads(loaded.snapshot, key) == {}


def test_an_op_of_a_graph_whose_input_nothing_feeds_and_no_resource_either() -> None:
    source = (
        LIBRARY
        + """
@op
def fetch(client: Client): return client.n
@graph_asset
def rows(): return fetch()  # at
""".lstrip("\n")
    )

    assert "Definitions(…, resources={'client': …})" in str(refused(CompositionError, defs=source))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("Db", "Give an instance: Db()"),
        ("3", "as a Db, and Definitions has 3"),
        ("Other()", "Definitions has an Other"),
    ],
)
def test_a_resource_of_another_class_than_the_parameter_says(given: str, words: str) -> None:
    source = f"""
class Db(Resource): pass
class Other: pass
@asset  # at
def a(db: Db): return 1
defs = Definitions(assets=[a], resources={{'db': {given}}})  # and
""".lstrip("\n")

    assert words in str(refused(ArgumentError, defs=source))


@pytest.mark.parametrize("base", ["Resource", "IOManager"])
def test_a_class_that_is_meant_to_be_made_where_a_body_asks_for_it(base: str) -> None:
    source = f"""
class Db({base}):
    def handle_output(self, context, obj): ...
    def load_input(self, context): ...
@asset(required_resource_keys={{'db'}})  # at
def a(): return 1
defs = Definitions(assets=[a], resources={{'db': Db}})  # and
""".lstrip("\n")

    assert "Give an instance: Db()" in str(refused(ArgumentError, defs=source))


def test_a_class_of_a_third_party_may_be_the_resource_itself() -> None:
    snapshot(
        LIBRARY
        + """
class Db(Resource): pass
@asset(required_resource_keys={'client'})
def a(db: ResourceParam[type[Db]]): return 1
defs = Definitions(assets=[a], resources={'client': Client, 'db': Db})
"""
    )


def test_a_class_where_an_io_manager_is_wanted() -> None:
    source = """
class Files(IOManager):
    def handle_output(self, context, obj): ...
    def load_input(self, context): ...
@asset(io_manager_key='files')  # at
def a(): return 1
defs = Definitions(assets=[a], resources={'files': Files})  # and
""".lstrip("\n")

    assert "Give an instance: Files()" in str(refused(ArgumentError, defs=source))


def test_a_proxy_is_not_asked_what_it_stands_for() -> None:
    """A lazy object of a module, and a resource that is made when it is first used."""
    snapshot(
        """
class Lazy:
    @property
    def __class__(self): raise AssertionError('touched')
    def __getattr__(self, name): raise AssertionError('touched')
class Db(Resource): pass
lazy = Lazy()
@asset
def a(db: Db): return 1
defs = Definitions(assets=[a], resources={'db': lazy})
"""
    )
    snapshot(
        """
class Lazy:
    @property
    def __class__(self): raise AssertionError('touched')
    def __getattr__(self, name): raise AssertionError('touched')
lazy = Lazy()
@asset
def a(): return 1
"""
    )


def test_a_class_of_the_users_called_nothing_is_a_type_like_any_other() -> None:
    snapshot(
        """
class Empty: pass
Theirs = type('Nothing', (Empty,), {})
@op(out=Out(Empty))
def f() -> Theirs: return Theirs()
@asset
def a(): return 1
"""
    )


CORRECT = "Correct the name, give its asset to Definitions, or declare it there as made elsewhere:"
CONTEXT = "The context is a first argument named context, _context, context_ or _."


@pytest.mark.parametrize(
    ("source", "problem", "fix"),
    [
        ("@asset  # at\ndef a(ctx): return 1",
         f"@asset 'a': argument 'ctx' reads the asset 'ctx', which is not defined. {CONTEXT}",
         f"{CORRECT} AssetSpec('ctx')."),
        ("@op\ndef o(_ctx, x): return 1\n@graph_asset\ndef g():\n    return o()  # at",
         f"In @graph_asset 'g': 'o' is not given its inputs '_ctx', 'x'. {CONTEXT}",
         ("Connect it, or give it a default in the op. One that runs tell by config is annotated with"
          " a type of plain data (int, list[str], …), a resource ResourceParam[…].")),
        ("@asset(partitions_def=3)  # at\ndef f(): ...",
         "@asset 'f': partitions_def is 3, and no definition of partitions.",
         "Give DailyPartitionsDefinition(start_date=…), StaticPartitionsDefinition([…]) or another of Treadle's."),
        ("@asset(is_virtual=True)  # at\ndef f(): ...",
         "asset(is_virtual=…) is not supported yet.",
         "Leave it out: an asset is made by its function, which may make a view."),
        ("Output(1, output_name=AssetKey('a'))  # at",
         "Output: output_name is an AssetKey, which is not text.",
         "Give the output's name, as text: a key of outs=… or out=…."),
        ("Output(1, output_name=3)  # at",
         "Output: output_name=3 is not text.",
         "Give the output's name, as text: a key of outs=… or out=…."),
        ("@asset(name=['a'])  # at\ndef f(): ...",
         "asset: name is a list, which is not text.",
         "Correct it, or leave 'name' out."),
        ("@multi_asset(outs={'a': AssetOut()}, can_subset='no')  # at\ndef f(): ...",
         "multi_asset: can_subset='no' is neither True nor False.",
         "Correct it, or leave 'can_subset' out."),
    ],
)  # fmt: skip
def test_a_refusal_says_what_to_write_instead(source: str, problem: str, fix: str) -> None:
    error = refused(DefinitionError, defs=source)

    assert (error.problem, error.fix) == (problem, fix)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("multiasset", "Treadle has no multiasset. Did you mean 'multi_asset'?"),
        ("graphasset", "Treadle has no graphasset. Did you mean 'graph_asset'?"),
    ],
)
def test_a_name_that_is_not_there_names_the_one_that_was_meant(name: str, said: str) -> None:
    with pytest.raises(ImportError) as imported:
        exec(f"from treadle import {name}")  # noqa: S102 - as a module of the user's does
    with pytest.raises(AttributeError) as asked:
        getattr(treadle, name)

    assert str(imported.value) == str(asked.value) == said


@pytest.mark.parametrize("name", ["nothing_like_it", "__all"])
def test_a_name_like_none_is_told_as_python_does(name: str) -> None:
    with pytest.raises(AttributeError, match=f"^module 'treadle' has no attribute '{name}'$"):
        getattr(treadle, name)
