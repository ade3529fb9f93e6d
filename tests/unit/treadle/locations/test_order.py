"""Orders, cyclic components and cycles of small and of large graphs."""

from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from treadle.locations._order import cyclic_components, shortest_cycle, topological

GRAPHS = st.dictionaries(
    st.integers(0, 9), st.frozensets(st.integers(0, 9), max_size=3), max_size=10
)


def as_networkx(needs: dict[int, frozenset[int]]) -> nx.DiGraph[int]:
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(needs)
    graph.add_edges_from((a, b) for b, wanted in needs.items() for a in wanted if a in needs)
    return graph


def test_what_is_needed_stands_first_and_ties_are_sorted() -> None:
    needs = {"d": {"b"}, "b": set(), "c": {"gone"}, "a": {"d"}}

    assert topological(needs) == ["b", "c", "d", "a"]


@given(GRAPHS)
def test_nodes_that_lead_to_no_cycle_are_ordered_as_networkx_orders_them(
    needs: dict[int, frozenset[int]],
) -> None:
    graph = as_networkx(needs)
    cyclic = {node for each in cyclic_components(needs) for node in each}
    bad = cyclic.union(*(nx.descendants(graph, node) for node in cyclic))
    graph.remove_nodes_from(bad)

    assert topological(needs) == list(nx.lexicographical_topological_sort(graph))


@given(GRAPHS)
def test_cyclic_components_are_those_of_networkx(needs: dict[int, frozenset[int]]) -> None:
    graph = as_networkx(needs)
    expected = {
        frozenset(each)
        for each in nx.strongly_connected_components(graph)
        if len(each) > 1 or graph.has_edge(min(each), min(each))
    }

    found = cyclic_components(needs)

    assert set(found) == expected
    assert found == sorted(found, key=min)


@given(GRAPHS)
def test_a_shortest_cycle_goes_round(needs: dict[int, frozenset[int]]) -> None:
    for component in cyclic_components(needs):
        for start in component:
            cycle = shortest_cycle(needs, start)

            assert cycle[0] == start
            assert len(set(cycle)) == len(cycle)
            assert all(
                after in needs[node] for node, after in zip(cycle, [*cycle[1:], start], strict=True)
            )


def test_a_node_on_no_cycle_has_no_shortest_cycle() -> None:
    assert shortest_cycle({1: {2}, 2: set()}, 1) == []


def test_a_chain_of_ten_thousand_is_no_problem() -> None:
    chain = {number: {number - 1} for number in range(10_000)}

    assert topological(chain) == list(range(10_000))
    assert cyclic_components(chain) == []
    assert len(shortest_cycle({**chain, 0: {9_999}}, 5)) == 10_000
    assert [len(each) for each in cyclic_components({**chain, 0: {9_999}})] == [10_000]
