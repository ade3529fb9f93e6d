import dis
import functools
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from treadle.locations import digest
from treadle.locations.digest import code_digest, code_digests, definition_digest
from treadle.locations.snapshot import (
    Asset,
    Block,
    Job,
    Manifest,
    Resource,
    Snapshot,
    SourceLine,
    Step,
)
from treadle.locations.tables import pack
from treadle_contract.ids import KeyText, StepKey


def compiled(source: str, *, file: str = "defs.py") -> Callable[..., object]:
    """Return the function `f` that the source defines."""
    namespace: dict[str, Callable[..., object]] = {}
    exec(compile(source, file, "exec"), namespace)  # noqa: S102 - code under test
    return namespace["f"]


def bare_digest(fn: Callable[..., object]) -> str:
    return code_digests(fn)[1]


def test_file_line_and_name_have_no_part_in_a_code_digest() -> None:
    here = compiled("def f(x):\n    return [x + i for i in range(3)]")
    there = compiled(
        "\n\n# moved\ndef f(x):\n\n    return [x + i for i in range(3)]", file="/elsewhere/a.py"
    )

    assert code_digest(here) == code_digest(there)


@pytest.mark.parametrize(
    "changed",
    [
        "def f(x, y=1):\n    return x + 2",
        "def f(x, y=1):\n    return x - 1",
        "def f(x, y=2):\n    return x + 1",
        "def f(x, y=1.0):\n    return x + 1",
        "def f(x, y=True):\n    return x + 1",
        "def f(x, *, y=1):\n    return x + 1",
        "def f(z, y=1):\n    return z + 1",
        "async def f(x, y=1):\n    return x + 1",
        "def f(x, y=1):\n    try:\n        return x + 1\n    finally:\n        pass",
    ],
)
def test_a_change_of_code_or_defaults_changes_the_digest(changed: str) -> None:
    original = compiled("def f(x, y=1):\n    return x + 1")

    assert code_digest(compiled(changed)) != code_digest(original)


def test_nested_code_has_a_part_in_the_digest() -> None:
    first = compiled("def f():\n    return lambda: 1")
    second = compiled("def f():\n    return lambda: 2")

    assert code_digest(first) != code_digest(second)


def test_specialised_bytecode_does_not_leak() -> None:
    source = "def f(n):\n    t = 0\n    for i in range(n):\n        t += i\n    return t"
    fresh, used = compiled(source), compiled(source)
    for _ in range(100):
        used(50)

    assert [i.opname for i in dis.get_instructions(used, adaptive=True)] != [
        i.opname for i in dis.get_instructions(fresh, adaptive=True)
    ], "the interpreter has not specialised, the test shows nothing"
    assert code_digest(used) == code_digest(fresh)


def test_set_and_mapping_defaults_have_one_order() -> None:
    def one(x: object) -> None: ...
    def two(x: object) -> None: ...

    one.__defaults__ = ({"a": 1, "b": {1, 2, 3}},)
    two.__defaults__ = ({"b": {3, 2, 1}, "a": 1},)

    assert code_digest(one) == code_digest(two)


def test_an_arbitrary_default_contributes_its_type_only() -> None:
    def one(x: object = object()) -> None: ...
    def two(x: object = object()) -> None: ...
    def other(x: object = Exception()) -> None: ...

    assert code_digest(one) == code_digest(two)
    assert code_digest(one) != code_digest(other)


def test_a_default_that_contains_itself_ends() -> None:
    loop: list[object] = []
    loop.append(loop)

    def f(x: object = loop) -> None: ...

    assert code_digest(f) == code_digest(f)


def test_a_wrapper_contributes_what_it_wraps() -> None:
    def wrap(fn: Callable[..., object]) -> Callable[..., object]:
        @functools.wraps(fn)
        def wrapper() -> object:
            return fn()

        return wrapper

    assert code_digest(wrap(lambda: 1)) != code_digest(wrap(lambda: 2))


def test_a_partial_contributes_its_arguments() -> None:
    def f(x: int) -> int:
        return x

    assert code_digest(functools.partial(f, 1)) != code_digest(functools.partial(f, 2))
    assert code_digest(functools.partial(f, 1)) == code_digest(functools.partial(f, 1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (compiled("def f(x=1, *, y='a'): return x"), compiled("def f(x=2, *, y='b'): return x")),
        (functools.partial(max, 1, key=len), functools.partial(max, 2, key=len)),
    ],
)
def test_values_of_defaults_have_no_part_in_the_bare_digest(
    one: Callable[..., object], other: Callable[..., object]
) -> None:
    assert code_digest(one) != code_digest(other)
    assert bare_digest(one) == bare_digest(other)


def test_code_and_how_many_defaults_there_are_have_a_part_in_the_bare_digest() -> None:
    texts = ("def f(x): return x", "def f(x=1): return x", "def f(x=1): return -x")

    assert len({bare_digest(compiled(text)) for text in texts}) == len(texts)


def test_a_callable_object_contributes_its_call() -> None:
    class One:
        def __call__(self) -> int:
            return 1

    assert code_digest(One()) == code_digest(One())
    assert code_digest(One()) != code_digest(One().__call__)


def test_a_very_large_constant_is_no_error() -> None:
    def f(x: int = 10**6000) -> None: ...

    assert len(code_digest(f)) == 64


HERE = SourceLine(file="/here/a.py", line=1)
THERE = SourceLine(file="/there/a.py", line=9)


def test_the_place_of_a_definition_has_no_part_in_its_digest() -> None:
    asset = Asset(key=KeyText("a"), source=HERE)

    assert definition_digest(asset) == definition_digest(replace(asset, source=THERE))
    assert definition_digest(asset) != definition_digest(replace(asset, group="g"))
    assert len(definition_digest(Resource(key="r", type_name="R"))) == 64


def seal(snapshot: Snapshot, *, files: dict[str, str], distributions: dict[str, str]) -> Snapshot:
    manifest = replace(snapshot.manifest, files=files, distributions=distributions)
    return digest.seal(replace(snapshot, manifest=manifest), pack(snapshot))


def snapshot_at(place: SourceLine) -> Snapshot:
    return Snapshot(
        blocks=(Block(name="a", asset_keys=(KeyText("a"),), source=place),),
        steps=(Step(key=StepKey("a"), node="a", block="a", op="a", source=place),),
        assets=(Asset(key=KeyText("a"), block="a", source=place),),
        manifest=Manifest(ops={"a": "0"}),
        warnings=(str(place),),
    )


def test_seal_sets_version_manifest_and_digest() -> None:
    sealed = seal(snapshot_at(HERE), files={"m": "1"}, distributions={"d": "2"})

    assert sealed.python_version == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert sealed.manifest == Manifest(ops={"a": "0"}, files={"m": "1"}, distributions={"d": "2"})
    assert len(sealed.digest) == 64
    assert sealed.warnings == (str(HERE),)


def test_places_and_warnings_have_no_part_in_the_digest_of_a_snapshot() -> None:
    here = seal(snapshot_at(HERE), files={}, distributions={})
    there = seal(snapshot_at(THERE), files={}, distributions={})

    assert here.digest == there.digest


def test_sealing_again_gives_the_same_digest() -> None:
    once = seal(snapshot_at(HERE), files={}, distributions={})

    assert seal(once, files={}, distributions={}) == once


@pytest.mark.parametrize(
    ("files", "distributions"), [({"m": "2"}, {"d": "2"}), ({"m": "1"}, {"d": "3"}), ({}, {})]
)
def test_files_and_distributions_decide_the_digest(
    files: dict[str, str], distributions: dict[str, str]
) -> None:
    sealed = seal(snapshot_at(HERE), files={"m": "1"}, distributions={"d": "2"})

    assert seal(sealed, files=files, distributions=distributions).digest != sealed.digest


def described(text: str) -> Snapshot:
    snapshot = snapshot_at(HERE)
    return replace(
        snapshot,
        assets=tuple(replace(asset, description=text) for asset in snapshot.assets),
        jobs=(Job(name="j", selection=text),),
        manifest=Manifest(ops={"a": text}, code={"a": "0"}),
    )


def test_what_no_step_rests_on_has_no_part_in_the_core_digest() -> None:
    one, two = (seal(described(text), files={}, distributions={}) for text in ("one", "two"))

    assert one.digest != two.digest
    assert one.core_digest == two.core_digest


def test_steps_code_files_and_distributions_decide_the_core_digest() -> None:
    plain = snapshot_at(HERE)
    step = replace(plain.steps[0], timeout_ms=1)
    sealed = [
        seal(plain, files={}, distributions={}),
        seal(replace(plain, steps=(step,)), files={}, distributions={}),
        seal(replace(plain, manifest=Manifest(code={"a": "1"})), files={}, distributions={}),
        seal(plain, files={"m": "1"}, distributions={}),
        seal(plain, files={}, distributions={"d": "1"}),
    ]

    assert len({each.core_digest for each in sealed}) == len(sealed)
