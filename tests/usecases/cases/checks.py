"""Cases on checks: of an asset and with it, in graphs, blocking or not."""

from tests.usecases.running import Asked, Checked, case

CASES = [
    case(
        "checks/of_an_asset.py",
        Asked(
            select="stock_levels or order_list",
            values={
                "stock_levels": {"nails": 12, "screws": -1},
                "order_list": ["nails", "screws"],
            },
            checks={
                "stock_levels:none_is_negative": Checked(False, "WARN", {"wrong": ("screws",)}),
                "stock_levels:is_not_empty": Checked(True),
            },
        ),
    ),
    case(
        "checks/with_the_asset.py",
        Asked(
            select="even_numbers",
            values={"even_numbers": [2, 4, 7]},
            metadata={"even_numbers": {"count": 3}},
            checks={"even_numbers:even_total": Checked(False, "ERROR", {"total": 13})},
        ),
    ),
    case(
        "checks/that_blocks.py",
        Asked(
            select="imported_rows or rows_report or other_report",
            values={"imported_rows": [], "other_report": "made"},
            steps={"imported_rows": "FAILED", "rows_report": "NOT_RUN"},
            failures={"imported_rows": "has_rows"},
            checks={"imported_rows:has_rows": Checked(False)},
        ),
    ),
    case(
        "checks/in_a_graph.py",
        Asked(
            select="public_values or values_log",
            values={"public_values": [1, 2, 3], "values_log": "logged"},
            checks={"public_values:is_sorted": Checked(False, "ERROR", {"first": 3})},
        ),
    ),
    case(
        "checks/several_in_one.py",
        Asked(
            select="left_scale or right_scale",
            values={"left_scale": 3, "right_scale": 4},
            checks={
                "left_scale:is_odd": Checked(True),
                "right_scale:is_odd": Checked(False),
            },
        ),
    ),
]
