"""Cases on graphs: assets of several ops, in whole and in part."""

from tests.usecases.running import Asked, case

CASES = [
    case(
        "graphs/files_of_a_channel.py",
        Asked(select="channel_files_table", values={"channel_files_table": 2}),
    ),
    case("graphs/two_ops.py", Asked(select="file_table", values={"file_table": 2})),
    case(
        "graphs/reads_assets.py",
        Asked(
            select="+last_number",
            values={"first_number": 1, "middle_number": 4, "last_number": 11},
        ),
        Asked(select="middle_number", values={"middle_number": 4}),
    ),
    case(
        "graphs/two_assets_of_one.py",
        Asked(
            select="+word_list or letter_list",
            values={
                "sentence": "to be or not",
                "word_list": ["to", "be", "or", "not"],
                "letter_list": ["b", "e", "n", "o", "r", "t"],
            },
        ),
        Asked(select="word_list", refused="letter_list"),
    ),
    case(
        "graphs/one_for_many.py",
        Asked(
            select="+key:totals/*",
            values={"north": [1, 2], "south": [10], "totals/north": "= 3", "totals/south": "= 10"},
        ),
        Asked(select="totals/south", values={"totals/south": "= 10"}),
    ),
    case("graphs/of_an_op.py", Asked(select="weather", values={"weather": "sunny"})),
    case(
        "graphs/in_part.py",
        Asked(select="head_asset", values={"head_asset": "a"}, says=("head",)),
        Asked(select="glued_asset", values={"glued_asset": "bcd"}, says=("rest",)),
        Asked(
            select="head_asset or glued_asset",
            values={"head_asset": "a", "glued_asset": "bcd"},
            says=("head rest",),
        ),
    ),
    case(
        "graphs/made_unexpectedly.py",
        Asked(
            select="coin_line",
            values={"coin_side": "heads", "coin_line": "under it: tails"},
            unexpected=("coin_side",),
        ),
        Asked(
            select="coin_line",
            options={"unselected_outputs": "discard"},
            values={"coin_line": "under it: tails"},
        ),
        Asked(
            select="coin_line",
            options={"unselected_outputs": "fail"},
            steps={"coin.both_sides": "FAILED", "coin.coin_text": "NOT_RUN"},
            failures={"coin.both_sides": "shown"},
        ),
    ),
    case("graphs/nested.py", Asked(select="lengths_text", values={"lengths_text": "4-6"})),
    case(
        "graphs/a_list_of_inputs.py",
        Asked(select="+palette", values={"red": "r", "blue": "b", "palette": "b+g+r"}),
    ),
    case("graphs/order_of_ops.py", Asked(select="written_rows", values={"written_rows": 1})),
    case(
        "graphs/a_branch.py",
        Asked(
            select="branch_price",
            values={"branch_price": 11},
            steps={"branch_price.tax": "SKIPPED"},
        ),
    ),
    case(
        "graphs/many_inputs_by_name.py",
        Asked(
            select="+whole_of_parts",
            values={"part_one": 1, "part_two": 2, "whole_of_parts": [1, 2]},
        ),
    ),
    case("graphs/awaited.py", Asked(select="awaited_count", values={"awaited_count": 23})),
    case(
        "graphs/fan_outs.py",
        Asked(
            select="doubled_lines or flat_letters or letters_by_word or odd_lines"
            " or of_several_outputs or none_of_them",
            values={
                "doubled_lines": {"line_0": 0, "line_1": 2, "line_2": 4, "line_3": 6},
                "flat_letters": ["T", "O", "B", "E"],
                "letters_by_word": ["w_to=TO", "w_be=BE", "w_="],
                "odd_lines": [1, 3],
                "of_several_outputs": -2,
                "none_of_them": 0,
            },
        ),
        Asked(
            select="one_fails",
            steps={
                "one_fails.refusing[line_2]": "FAILED",
                "one_fails.length_of": "NOT_RUN",
            },
            failures={"one_fails.refusing[line_2]": "two is one too many"},
        ),
    ),
]
