"""Orders of a directed graph, given as what each node needs; knows nothing of steps.

Needs that are no node of the graph are passed over. Results depend on the nodes alone, never
on the order in which a mapping or set holds them.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

N = TypeVar("N", bound=Any)  # Any, since typing has no bound for "can be sorted and hashed".


def dependents(needs: Mapping[N, AbstractSet[N]]) -> dict[N, list[N]]:
    """Return for each node the nodes that need it, sorted."""
    found: dict[N, list[N]] = {node: [] for node in needs}
    for node in sorted(needs):
        for each in needs[node]:
            if each in found:
                found[each].append(node)
    return found


def topological(needs: Mapping[N, AbstractSet[N]]) -> list[N]:
    """Return the nodes so that each stands after what it needs, ties in sort order.

    Nodes on a cycle, and those that need one on a cycle, are left out.
    """
    needed_by = dependents(needs)
    waiting = {node: sum(each in needs for each in wanted) for node, wanted in needs.items()}
    ready = [node for node, count in waiting.items() if not count]
    heapq.heapify(ready)
    order = []
    while ready:
        node = heapq.heappop(ready)
        order.append(node)
        for each in needed_by[node]:
            waiting[each] -= 1
            if not waiting[each]:
                heapq.heappush(ready, each)
    return order


def cyclic_components(needs: Mapping[N, AbstractSet[N]]) -> list[frozenset[N]]:
    """Return the largest sets of nodes that all need one another, by their smallest node.

    A node that needs itself is such a set; any other single node is not. (Tarjan, with a
    stack of its own: a chain of 10,000 nodes is deeper than Python's.)
    """
    index: dict[N, int] = {}
    lowest: dict[N, int] = {}
    open_nodes: list[N] = []
    closed: set[N] = set()
    found: list[frozenset[N]] = []
    for root in sorted(needs):
        if root in index:
            continue
        path = [(root, iter(sorted(needs[root] & needs.keys())))]
        index[root] = lowest[root] = len(index)
        open_nodes.append(root)
        while path:
            node, rest = path[-1]
            following = next((each for each in rest if each not in closed), None)
            if following is None:
                path.pop()
                if path:
                    parent = path[-1][0]
                    lowest[parent] = min(lowest[parent], lowest[node])
                if lowest[node] == index[node]:
                    found.append(_close(node, open_nodes, closed))
            elif following in index:
                lowest[node] = min(lowest[node], index[following])
            else:
                index[following] = lowest[following] = len(index)
                open_nodes.append(following)
                path.append((following, iter(sorted(needs[following] & needs.keys()))))
    cyclic = [each for each in found if len(each) > 1 or _needs_itself(each, needs)]
    return sorted(cyclic, key=min)


def shortest_cycle(needs: Mapping[N, AbstractSet[N]], start: N) -> list[N]:
    """Return the nodes of a shortest cycle through `start`, each before what it needs.

    Empty when there is none.
    """
    found_from: dict[N, N] = {}
    frontier = [start]
    while frontier and start not in found_from:
        following = []
        for node in frontier:
            for each in sorted(needs[node] & needs.keys()):
                if each not in found_from:
                    found_from[each] = node
                    following.append(each)
        frontier = following
    if start not in found_from:
        return []
    cycle = [found_from[start]]
    while cycle[-1] != start:
        cycle.append(found_from[cycle[-1]])
    return cycle[::-1]


def _close(node: N, open_nodes: list[N], closed: set[N]) -> frozenset[N]:
    position = len(open_nodes) - 1
    while open_nodes[position] != node:
        position -= 1
    component = frozenset(open_nodes[position:])
    del open_nodes[position:]
    closed |= component
    return component


def _needs_itself(component: Iterable[N], needs: Mapping[N, AbstractSet[N]]) -> bool:
    return any(node in needs[node] for node in component)
