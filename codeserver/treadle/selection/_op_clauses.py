"""op_selection: which nodes of a job of ops its clauses name. Pure: over names, and what reads what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from treadle._errors import TreadleError, did_you_mean, listed

#: Nodes by name, each with those of its own; None: an op.
Nodes: TypeAlias = "Mapping[str, Nodes | None]"
#: Nodes by name, each with those of its own that are selected; None: all of it.
Tree: TypeAlias = "dict[str, Tree | None]"

_CLAUSE: Final = re.compile(r"(\*|\+*)([\w.]+)(\*|\+*)")


class OpSelectionError(TreadleError):
    """A clause names no op. `problem` says what it is, `fix` what to write."""

    def __init__(self, problem: str, fix: str) -> None:
        self.problem = problem
        self.fix = fix
        super().__init__(f"{problem} {fix}")


def selected_nodes(clauses: Iterable[str], nodes: Nodes, reads: Mapping[str, set[str]]) -> Tree:
    """Return the nodes that clauses name. `reads` says of each of the job's own nodes which it reads from.

    "a" is a node, "*a" and "a*" also what comes before or after it, "+a" and "a+" one layer of that,
    "inner.a" a node of a graph in the graph.

    Raises:
        OpSelectionError: one names what is not there, or is no clause.
    """
    tree: Tree = {}
    for clause in clauses:
        _select(tree, nodes, reads, clause)
    return tree


def is_selected(tree: Tree, path: Iterable[str]) -> bool:
    """Whether an op, by the names that lead to it, is among what is selected."""
    inner: Tree | None = tree
    for name in path:
        if inner is None:
            return True
        if name not in inner:
            return False
        inner = inner[name]
    return True


def _select(tree: Tree, nodes: Nodes, reads: Mapping[str, set[str]], clause: str) -> None:
    if clause == "*":
        tree.update(dict.fromkeys(nodes))
        return
    found = _CLAUSE.fullmatch(clause)
    if found is None:
        raise OpSelectionError(
            f"op_selection has {clause!r}, which names no op.",
            'Write "a", "*a", "a*", "+a", "a+" or "inner.a", each in a text of its own.',
        )
    before, name, after = found.groups()
    path = name.split(".")
    if len(path) > 1 and (before or after):
        raise OpSelectionError(
            f"op_selection has {clause!r}, and * and + take whole nodes of the job alone.",
            f"Name what is wanted in {path[0]!r} one by one, or write {before}{path[0]}{after}.",
        )
    _refuse_unknown(nodes, path)
    if len(path) > 1:
        _put(tree, path)
        return
    read_by = {each: {one for one, read in reads.items() if each in read} for each in reads}
    for mark, links in ((before, reads), (after, read_by)):
        tree.update(dict.fromkeys(_reached(name, links, mark)))


def _reached(name: str, links: Mapping[str, set[str]], mark: str) -> set[str]:
    layers = len(links) if mark == "*" else len(mark)
    found = {name}
    for _ in range(layers):
        found |= {each for one in found for each in links[one]}
    return found


def _put(tree: Tree, path: list[str]) -> None:
    """Select a node of a graph in the graph, unless one around it is selected whole."""
    *outer, last = path
    for name in outer:
        inner = tree.setdefault(name, {})
        if inner is None:
            return
        tree = inner
    tree[last] = None


def _refuse_unknown(nodes: Nodes, path: list[str]) -> None:
    inner: Nodes = nodes
    for depth, name in enumerate(path):
        if name not in inner:
            inside = [*path[:depth], ""]
            known = [".".join(inside) + each for each in inner]
            wanted = ".".join(path[: depth + 1])
            raise OpSelectionError(
                f"op_selection names {wanted!r}, which is not there.{did_you_mean(wanted, known)}",
                f"There is {listed(known)}." if known else f"{path[depth - 1]!r} is an op.",
            )
        inner = inner[name] or {}
