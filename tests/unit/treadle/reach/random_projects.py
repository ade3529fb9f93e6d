"""Random projects: modules of functions, constants and classes that refer to one another in many ways, and ops.

The project knows which definitions each op reaches: a definition that refers to another one reaches it, and
what that one reaches. A mutation changes one number, or nothing that counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from random import Random

MODULES = ("assets", "one", "two", "pkg.three", "pkg.four")
NEUTRAL = ("comment", "layout", "unused", "order", "import")


@dataclass(frozen=True)
class Item:
    """A definition: its module, name, kind, the number that it has, and to what it refers and how."""

    module: str
    name: str
    kind: str
    number: int
    refers: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Project:
    """Definitions, each referring to earlier ones alone but for recursion; `ops` are places of functions."""

    items: tuple[Item, ...]
    ops: tuple[tuple[str, tuple[int, ...]], ...]
    noise: tuple[str, ...] = field(default=())

    def reached(self, op: str) -> set[int]:
        """Return the places of what an op reaches."""
        waiting = list(dict(self.ops)[op])
        found: set[int] = set()
        while waiting:
            place = waiting.pop()
            if place not in found:
                found.add(place)
                waiting.extend(each for each, _ in self.items[place].refers)
        return found

    def files(self) -> dict[str, str]:
        """Return the text of each file, by its path."""
        texts = {"pkg/__init__.py": ""}
        for module in MODULES:
            texts[f"{module.replace('.', '/')}.py"] = self._text(module)
        return texts

    def _text(self, module: str) -> str:
        imports: list[str] = []
        bodies: list[str] = []
        for place, item in enumerate(self.items):
            if item.module == module:
                bodies.append(self._body(place, item, imports))
        if module == "assets":
            imports.insert(0, "from treadle import asset")
            for name, places in self.ops:
                calls = " + ".join(self._use(place, "assets", "name", imports) for place in places)
                bodies.append(f"@asset\ndef {name}():\n    return {calls or '0'}\n")
        lines = list(dict.fromkeys(imports))
        if "order" in self.noise:
            lines.reverse()
        if "import" in self.noise:
            lines.append("import colorsys")
        if "unused" in self.noise:
            bodies.append("def never_named():\n    return 12345\n")
        between = "\n\n\n\n" if "layout" in self.noise else "\n"
        text = between.join(["\n".join(lines), "", *bodies])
        if "comment" in self.noise:
            text = "# A comment.\n" + re.sub(
                r"^( *)return ", r"\1# Why.\n\1return ", text, flags=re.MULTILINE
            )
        return text

    def _body(self, place: int, item: Item, imports: list[str]) -> str:  # noqa: PLR0911 -- a case a kind
        uses = [self._use(each, item.module, how, imports) for each, how in item.refers]
        total = " + ".join([str(item.number), *uses])
        match item.kind:
            case "constant":
                return f"{item.name} = {total}\n"
            case "table":
                return f"{item.name} = {{'a': [{item.number}, ({total},)]}}\n"
            case "class":
                return (
                    f"class {item.name}:\n    size = {item.number}\n\n"
                    f"    def value(self):\n        return self.size + self._more()\n\n"
                    f"    def _more(self):\n        return {total}\n"
                )
            case "lambda":
                return f"{item.name} = lambda: {total}\n"
            case "closure":
                return (
                    f"def make_{item.name}(step):\n    def inner():\n        return step + {total}\n"
                    f"    return inner\n\n\n{item.name} = make_{item.name}({item.number})\n"
                )
            case "default":
                return f"def {item.name}(x={item.number}):\n    return x + {total}\n"
            case "wrapped":
                return (
                    "import functools\n\n\n"
                    f"@functools.lru_cache\ndef {item.name}():\n    return {total}\n"
                )
            case "recursive":
                return f"def {item.name}(n=1):\n    return {item.name}(n - 1) if n else {total}\n"
        return f"def {item.name}():\n    return {total}\n"

    def _use(self, place: int, module: str, how: str, imports: list[str]) -> str:
        """Return how a module reads a definition; what it imports for that is added."""
        item = self.items[place]
        name = item.name
        if item.module != module:
            match how:
                case "module":
                    imports.append(f"import {item.module}")
                    name = f"{item.module}.{name}"
                case "alias":
                    alias = f"m_{item.module.replace('.', '_')}"
                    imports.append(f"import {item.module} as {alias}")
                    name = f"{alias}.{name}"
                case "renamed":
                    imports.append(f"from {item.module} import {name} as r_{name}")
                    name = f"r_{name}"
                case "star":
                    imports.append(f"from {item.module} import *")
                case _:
                    imports.append(f"from {item.module} import {name}")
        match item.kind:
            case "constant":
                return name
            case "table":
                return f"{name}['a'][1][0]"
            case "class":
                return f"{name}().value()"
        return f"{name}()"


KINDS = (
    "function", "constant", "table", "class", "lambda", "closure", "default", "wrapped", "recursive",
)  # fmt: skip
WAYS = ("name", "module", "alias", "renamed", "star")


def project(random: Random) -> Project:
    """Return a random project."""
    items: list[Item] = []
    # A module imports those after it alone: no import lies in a circle.
    for module in reversed(MODULES):
        for number in range(random.randint(1, 4)):
            later = [place for place, _ in enumerate(items)]
            refers = random.sample(later, min(len(later), random.randint(0, 3)))
            items.append(
                Item(
                    module=module,
                    name=f"d_{module.replace('.', '_')}_{number}",
                    kind=random.choice(KINDS),
                    number=random.randint(1, 99),
                    refers=tuple((place, random.choice(WAYS)) for place in refers),
                )
            )
    places = range(len(items))
    ops = tuple(
        (f"op_{number}", tuple(random.sample(places, random.randint(0, 2)))) for number in range(4)
    )
    return Project(items=tuple(items), ops=ops)


def mutated(random: Random, before: Project) -> tuple[Project, set[str]]:
    """Return a project with one mutation, and the ops that can see it."""
    if random.random() < 0.3:
        return replace(before, noise=(random.choice(NEUTRAL),)), set()
    place = random.randrange(len(before.items))
    item = before.items[place]
    if random.random() < 0.3 and item.refers:
        changed = replace(item, refers=item.refers[1:])
    else:
        changed = replace(item, number=item.number + 100)
    items = (*before.items[:place], changed, *before.items[place + 1 :])
    seen = {name for name, _ in before.ops if place in before.reached(name)}
    return replace(before, items=items), seen
