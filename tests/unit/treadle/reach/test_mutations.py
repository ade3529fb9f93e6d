"""What an op can see changes its digest, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.treadle.reach.projects import keys_of, loaded

PROJECT = {
    "assets.py": """
import functools
import importlib
import json
from dataclasses import dataclass

import helpers
import shapes as forms
from helpers import FACTOR, scaled
from starred import *
from treadle import Config, Definitions, Resource, asset, op, graph_asset

LIMIT = 3
KIND = "twice"
TABLE = {"a": [1, 2], "b": (helpers.twice, {"deep": 5})}
PARTIAL = functools.partial(helpers.added, 4)


class Settings(Config):
    size: int = 1


class Base(Resource):
    def __init__(self, url="a"):
        self.url = url

    def fetch(self):
        return helpers.plain(self.url)


def traced(fn):
    @functools.wraps(fn)
    def call(*args):
        return fn(*args) + 100
    return call


@functools.lru_cache
def cached(x):
    return helpers.slow(x)


@traced
def decorated(x):
    return helpers.low(x)


def make(step):
    def inner(x):
        return x + step
    return inner


stepped = make(7)


@asset
def alone():
    return 1


@asset
def reads_constant():
    return LIMIT


@asset
def reads_table():
    return TABLE["a"], PARTIAL(1)


@asset
def two_away():
    return helpers.outer(1)


@asset
def imported():
    return scaled(FACTOR)


@asset
def inside():
    from late import found
    return found()


@asset
def by_class():
    return forms.Square(2).area()


@asset
def by_decorator():
    return decorated(1), cached(2), stepped(3)


@asset
def by_star():
    return starry()


@asset
def by_name():
    return getattr(helpers, KIND)(1)


@asset
def by_text():
    return eval("helpers.hidden()")


@asset
def with_config(config: Settings):
    return config.size


@asset
def with_resource(base: Base):
    return base.fetch()


@asset
def in_lambda():
    return sorted([1, 2], key=lambda x: helpers.negated(x))


@asset
def formed():
    return forms.Point(1, 2)


@asset
def given(formed):
    return formed.length()


@asset(code_version="1")
def versioned():
    return helpers.hidden()


@asset
def registered():
    return helpers.REGISTRY["late"]()


@op
def first():
    return helpers.first()


@op
def second(x):
    return x


@graph_asset
def graphed():
    return second(first())


defs = Definitions(
    assets=[alone, reads_constant, reads_table, two_away, imported, inside, by_class, by_decorator, by_star,
            by_name, by_text, with_config, with_resource, in_lambda, formed, given, versioned, registered,
            graphed],
    resources={"base": Base()},
)
""",
    "helpers.py": """
from deep import bottom

FACTOR = 2
REGISTRY = {}


def plain(x):
    return x


def added(x, y):
    return x + y


def twice(x):
    return 2 * x


def outer(x):
    return inner(x)


def inner(x):
    return bottom(x) + 1


def scaled(x):
    return x


def slow(x):
    return x


def low(x):
    return x


def negated(x):
    return -x


def hidden():
    return 1


def first():
    return 1


def unused():
    return 0
""",
    "deep.py": """
import helpers

BASE = 10


def bottom(x):
    return x + BASE if x else helpers.inner(x)


def aside():
    return 1
""",
    "shapes.py": """
from dataclasses import dataclass
from enum import Enum

import helpers


class Colour(Enum):
    RED = 1


class Shape:
    sides = 0

    def area(self):
        return self._area() + helpers.low(self.sides)


class Square(Shape):
    sides = 4

    def __init__(self, width):
        self.width = width

    def _area(self):
        return self.width**2


@dataclass
class Point:
    x: int
    y: int = 0

    def length(self):
        return self.x + self.y


class Unused:
    pass
""",
    "starred.py": "def starry():\n    return 1\n\n\ndef other():\n    return 2\n",
    "late.py": "def found():\n    return 1\n",
    "register.py": """
import helpers


def call():
    return 1


helpers.REGISTRY["late"] = call
""",
}
PROJECT["assets.py"] = PROJECT["assets.py"].replace(
    "import helpers\n", "import helpers\nimport register\n", 1
)

WHOLE = {"by_text", "inside"}
"""What finds code by its text, or imports it as it runs: each change of any file may be seen."""
SEES_HELPERS = {"by_name"}
"""What asks a module for a name at run time: all that it has counts."""

SEEN = [
    (
        "assets.py",
        "return 1\n\n\n@asset\ndef reads_constant",
        "return 2\n\n\n@asset\ndef reads_constant",
        {"alone"},
    ),
    ("assets.py", "LIMIT = 3", "LIMIT = 4", {"reads_constant"}),
    ("assets.py", "LIMIT = 3", "LIMIT = 3.0", {"reads_constant"}),
    ("assets.py", '"a": [1, 2]', '"a": [1, 3]', {"reads_table"}),
    ("assets.py", '{"deep": 5}', '{"deep": 6}', {"reads_table"}),
    ("assets.py", "helpers.added, 4", "helpers.added, 5", {"reads_table"}),
    ("helpers.py", "return x + y", "return y + x", {"reads_table"}),
    ("helpers.py", "return 2 * x", "return 3 * x", {"reads_table"}),
    ("helpers.py", "bottom(x) + 1", "bottom(x) + 2", {"two_away"}),
    ("deep.py", "x + BASE", "x - BASE", {"two_away"}),
    ("deep.py", "BASE = 10", "BASE = 11", {"two_away"}),
    ("helpers.py", "FACTOR = 2", "FACTOR = 3", {"imported"}),
    ("helpers.py", "def scaled(x):\n    return x", "def scaled(x):\n    return -x", {"imported"}),
    ("late.py", "return 1", "return 2", set()),
    ("shapes.py", "self.width**2", "self.width**3", {"by_class"}),
    ("shapes.py", "sides = 4", "sides = 5", {"by_class"}),
    ("shapes.py", "helpers.low(self.sides)", "helpers.low(self.sides + 1)", {"by_class"}),
    (
        "helpers.py",
        "def low(x):\n    return x",
        "def low(x):\n    return -x",
        {"by_class", "by_decorator"},
    ),
    ("assets.py", "fn(*args) + 100", "fn(*args) + 101", {"by_decorator"}),
    ("assets.py", "stepped = make(7)", "stepped = make(8)", {"by_decorator"}),
    ("assets.py", "return x + step", "return x - step", {"by_decorator"}),
    ("helpers.py", "def slow(x):\n    return x", "def slow(x):\n    return -x", {"by_decorator"}),
    ("starred.py", "return 1", "return 3", {"by_star"}),
    ("helpers.py", "def unused():\n    return 0", "def unused():\n    return 1", set()),
    ("assets.py", 'KIND = "twice"', 'KIND = "low"', {"by_name"}),
    ("assets.py", "size: int = 1", "size: int = 2", {"with_config"}),
    ("assets.py", "Base()}", 'Base(url="b")}', {"with_resource"}),
    ("assets.py", "helpers.plain(self.url)", "helpers.plain(self.url * 2)", {"with_resource"}),
    (
        "helpers.py",
        "def plain(x):\n    return x",
        "def plain(x):\n    return -x",
        {"with_resource"},
    ),
    ("helpers.py", "return -x", "return x - x", {"in_lambda"}),
    ("shapes.py", "y: int = 0", "y: int = 1", {"formed", "given"}),
    ("shapes.py", "return self.x + self.y", "return self.x - self.y", {"formed", "given"}),
    ("assets.py", 'code_version="1"', 'code_version="2"', {"versioned"}),
    ("register.py", "return 1", "return 2", {"registered"}),
    ("helpers.py", "def first():\n    return 1", "def first():\n    return 2", {"graphed.first"}),
]

UNSEEN = [
    ("assets.py", "LIMIT = 3", "# A comment.\n\n\nLIMIT = 3  # three"),
    (
        "assets.py",
        "import helpers\nimport register\nimport shapes as forms\n",
        "import shapes as forms\nimport helpers\nimport register\n",
    ),
    ("assets.py", "import json\n", ""),
    (
        "helpers.py",
        "def twice(x):\n    return 2 * x",
        "def twice(x):\n\n    return (\n        2 * x\n    )",
    ),
    ("assets.py", "assets=[alone, reads_constant,", "assets=[reads_constant, alone,"),
]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    with loaded(tmp_path_factory.mktemp("before"), PROJECT) as location:
        return keys_of(location)


def mutated(folder: Path, file: str, old: str, new: str) -> dict[str, str]:
    assert PROJECT[file].count(old) == 1, (file, old)
    with loaded(folder, {**PROJECT, file: PROJECT[file].replace(old, new)}) as location:
        return keys_of(location)


@pytest.mark.parametrize(("file", "old", "new", "seen_by"), SEEN)
def test_a_change_is_seen_by_those_that_reach_it_and_by_no_others(  # noqa: PLR0913, PLR0917 -- a row
    tmp_path: Path, before: dict[str, str], file: str, old: str, new: str, seen_by: set[str]
) -> None:
    now = mutated(tmp_path, file, old, new)

    changed = {key for key in before if now[key] != before[key]}
    assert changed - WHOLE - SEES_HELPERS == seen_by - WHOLE - SEES_HELPERS
    assert changed >= WHOLE
    assert SEES_HELPERS & seen_by <= changed
    assert file != "helpers.py" or changed >= SEES_HELPERS


@pytest.mark.parametrize(("file", "old", "new"), UNSEEN)
def test_what_no_op_can_see_changes_nothing(
    tmp_path: Path, before: dict[str, str], file: str, old: str, new: str
) -> None:
    now = mutated(tmp_path, file, old, new)

    assert {key for key in before if now[key] != before[key]} - WHOLE == set()
