"""Parts of the user's code and what each refers to, and digests over all that is reached from one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from treadle._system import hashlib
from treadle_contract.lazy_dataclasses import dataclass, field

_LARGEST_CIRCLE: Final = 64
"""Parts that reach one another: up to so many, each is told from the others by where it stands."""


@dataclass(slots=True, kw_only=True)
class Part:
    """A function, class, constant, module or resource: its `name` for people, and its content.

    In `text` a reference to another part is its place in `refers`. `is_class`: a value may be of it.
    `variables` are the environment variables whose `EnvVar` it holds.
    """

    number: int
    name: str
    text: str = ""
    refers: list[Part] = field(default_factory=list)
    is_class: bool = False
    variables: set[str] = field(default_factory=set)

    def ref(self, part: Part) -> str:
        """Refer to a part, and return how that reads."""
        for place, each in enumerate(self.refers):
            if each is part:
                return f'["ref",{place}]'
        self.refers.append(part)
        return f'["ref",{len(self.refers) - 1}]'

    @property
    def own_digest(self) -> str:
        """A short digest of its own content, without what it refers to."""
        return sha256(self.text)[:16]


def sha256(text: str) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def reached_from(part: Part) -> dict[int, Part]:
    """Return the part and all that it leads to, by number."""
    found = {part.number: part}
    waiting = [part]
    while waiting:
        for each in waiting.pop().refers:
            if each.number not in found:
                found[each.number] = each
                waiting.append(each)
    return found


def whole_digests(parts: Iterable[Part]) -> Mapping[int, str]:
    """Return by number the digest of each part with all that is reached from it.

    It rests on contents and on who refers to whom, never on names of modules or on an order in
    which anything was found. (Parts that reach one another are written out from each of them.)
    """
    by_number = {part.number: part for part in parts}
    digests: dict[int, str] = {}
    for component in _components(by_number):
        members = frozenset(component)
        if len(members) > _LARGEST_CIRCLE:
            digests.update(_together([by_number[number] for number in component], digests))
            continue
        found = {number: _written(by_number[number], members, digests) for number in component}
        digests.update(found)
    return digests


def _together(circle: Sequence[Part], digests: Mapping[int, str]) -> dict[int, str]:
    """Return the digests of many parts that all reach one another: each rests on all of them."""
    own = {part.number: sha256(part.text) for part in circle}
    lines = {
        part.number: "\n".join(
            [
                own[part.number],
                *(digests.get(each.number) or own[each.number] for each in part.refers),
            ]
        )
        for part in circle
    }
    whole = sha256("\n\n".join(sorted(lines.values())))
    return {number: sha256(f"{line}\n\n\n{whole}") for number, line in lines.items()}


def _written(start: Part, members: frozenset[int], digests: Mapping[int, str]) -> str:
    """Return the digest of a part: those that it reaches in a circle in the order of a walk."""
    places = {start.number: 0}
    waiting = [start]
    lines: list[str] = []
    for part in waiting:
        line = [part.text]
        for each in part.refers:
            if each.number not in members:
                line.append(digests[each.number])
                continue
            if each.number not in places:
                places[each.number] = len(places)
                waiting.append(each)
            line.append(f"#{places[each.number]}")
        lines.append("\n".join(line))
    return sha256("\n\n".join(lines))


def _components(parts: Mapping[int, Part]) -> list[list[int]]:
    """Return the parts in sets that reach one another, each set after what it refers to.

    (Tarjan, with a stack of its own: a chain may be deeper than Python's.)
    """
    index: dict[int, int] = {}
    lowest: dict[int, int] = {}
    opened: list[int] = []
    closed: set[int] = set()
    found: list[list[int]] = []
    for root in parts:
        if root in index:
            continue
        index[root] = lowest[root] = len(index)
        opened.append(root)
        path = [(root, iter(parts[root].refers))]
        while path:
            number, rest = path[-1]
            following = next((each.number for each in rest if each.number not in closed), None)
            if following is None:
                path.pop()
                if path:
                    above = path[-1][0]
                    lowest[above] = min(lowest[above], lowest[number])
                if lowest[number] == index[number]:
                    component = [opened.pop()]
                    while component[-1] != number:
                        component.append(opened.pop())
                    found.append(component)
                    closed.update(component)
            elif following in index:
                lowest[number] = min(lowest[number], index[following])
            else:
                index[following] = lowest[following] = len(index)
                opened.append(following)
                path.append((following, iter(parts[following].refers)))
    return found
