"""The guide that Treadle began with, sentence by sentence in our words, and the tests that hold each of them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]

SEED = "e2e/test_seed.py::"
RERUN = "e2e/test_reexecution.py::"
CASES = "usecases/test_use_cases.py::test_through_the_services"
MUTATIONS = (
    "usecases/mutations/test_mutations.py::test_a_mutation_is_refused_at_its_line_with_what_to_do"
)
FIRST = f"{SEED}test_a_graph_backed_asset_runs_its_ops_one_after_the_other"
FOO = f"{SEED}test_foo_asset_alone_runs_bar_and_foo_and_makes_foo_asset_only"
BAZ = f"{SEED}test_baz_asset_alone_runs_all_three_and_foo_sees_foo_2_only"
UNEXPECTED = f"{SEED}test_an_unexpected_materialization_is_foreseen_made_and_marked"

#: What the guide says, in its order, and where it is tested.
SENTENCES: list[tuple[str, tuple[str, ...]]] = [
    ("A basic asset is computed by a single op.", (f"{CASES}[assets/a_chain.py]",)),
    ("An asset of several computations is a graph of ops, each computation one of them.", (FIRST,)),
    (
        "Runs can be launched again from an op on.",
        (
            f"{RERUN}test_a_failed_op_runs_again_on_the_stored_intermediate_with_nothing_configured",
            f"{RERUN}test_steps_run_as_they_are_named",
        ),
    ),
    ("A value between ops need not be an asset in storage that lasts.", (FIRST,)),
    (
        "@graph_asset makes an asset of a graph; its function's body says what depends on what.",
        (FIRST,),
    ),
    (
        "@graph_multi_asset makes a set of assets of a graph.",
        (f"{SEED}test_two_assets_of_one_graph_are_made_together",),
    ),
    (
        "AssetsDefinition.from_graph makes an asset of a graph, and one graph can power several assets.",
        (f"{SEED}test_one_graph_powers_several_assets", f"{CASES}[graphs/one_for_many.py]"),
    ),
    (
        "Materializing the asset runs the first op, and the second when the first has ended.",
        (FIRST,),
    ),
    (
        "An op takes a resource as a parameter, uses its client, and another op writes to a database.",
        (f"{CASES}[graphs/files_of_a_channel.py]",),
    ),
    (
        "Upstream assets are inferred from the names of the decorated function's arguments.",
        (f"{SEED}test_managed_loading_hands_values_on_in_one_run", MUTATIONS),
    ),
    (
        "An IO manager is asked to load them.",
        (
            f"{SEED}test_managed_loading_reads_what_an_earlier_run_stored",
            f"{CASES}[values/text_files.py]",
        ),
    ),
    (
        "A graph-backed asset depends on an asset, and another asset on it.",
        (
            f"{SEED}test_managed_loading_hands_values_on_in_one_run",
            f"{CASES}[graphs/reads_assets.py]",
        ),
    ),
    (
        "Several assets of one graph have the same ops and the same upstream assets.",
        (f"{SEED}test_two_assets_of_one_graph_are_made_together",),
    ),
    (
        "Such a graph takes an upstream asset and gives its outputs back by the names of its assets.",
        (f"{CASES}[graphs/two_assets_of_one.py]",),
    ),
    (
        "Without can_subset every asset of a graph must be made: to make a part of it is an error.",
        (f"{SEED}test_a_block_without_can_subset_is_refused_in_part",),
    ),
    ("With can_subset its assets can be made one by one.", (FOO, BAZ)),
    (
        "To make one of them, each op runs that its output depends on: for the first one two.",
        (FOO,),
    ),
    ("For the other one all three.", (BAZ,)),
    (
        "An op that makes an asset and feeds another returns its outputs by what is selected.",
        (FOO, BAZ),
    ),
    ("Its outputs are optional and are yielded on a condition.", (FOO, BAZ)),
    (
        "context.selected_output_names are the outputs that are needed for what is selected.",
        (FOO, BAZ),
    ),
    (
        "With the second asset alone that is the second output, and the first asset is not made.",
        (BAZ,),
    ),
    (
        "Graphs are flattened to a mapping between the inputs and outputs of ops.",
        (
            f"{CASES}[graphs/nested.py]",
            "e2e/test_where_dagster_falls_short.py::test_outputs_of_a_nested_graph_can_be_made_alone",
        ),
    ),
    ("Ops whose outputs the graph returns are those that must yield on a condition.", (FOO, BAZ)),
    ("An op with one output runs only if that is needed, and need not be optional.", (FOO, BAZ)),
    (
        "An op none of whose outputs the graph returns may return all of them.",
        (f"{SEED}test_the_unneeded_output_of_bar_is_discarded_with_an_event",),
    ),
    (
        "The example: two assets, can_subset, in Definitions with a job.",
        (
            f"{SEED}test_both_assets_are_made_by_three_steps",
            f"{SEED}test_the_job_of_the_example_makes_both_assets",
        ),
    ),
    ("An op that returns all of its outputs makes an asset that was not selected.", (UNEXPECTED,)),
    (
        "It does, since the op is upstream of what was selected and gives the output that is that asset.",
        (UNEXPECTED, f"{CASES}[graphs/made_unexpectedly.py]"),
    ),
]


@pytest.mark.parametrize(("sentence", "tests"), SENTENCES, ids=[each for each, _ in SENTENCES])
def test_each_sentence_is_held_by_tests_that_are_there(
    sentence: str, tests: tuple[str, ...]
) -> None:
    assert sentence.endswith(".")
    assert tests
    for name in tests:
        file, _, function = name.partition("::")
        function, _, parameter = function.rstrip("]").partition("[")
        assert function in _functions(file)
        # Modules of use cases name their tests.
        assert not parameter or (TESTS / "usecases/modules" / parameter).is_file()


@cache
def _functions(file: str) -> frozenset[str]:
    module = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(each.name for each in module.body if isinstance(each, ast.FunctionDef))
