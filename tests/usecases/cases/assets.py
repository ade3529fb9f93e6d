"""Cases on assets of one op: keys, dependencies, several at once, what is said of them."""

from tests.usecases.running import Asked, case

CASES = [
    case(
        "assets/a_chain.py",
        Asked(
            select="+best_point",
            values={"raw_points": [3, 1, 2], "sorted_points": [1, 2, 3], "best_point": 3},
        ),
    ),
    case(
        "assets/order_without_values.py",
        Asked(
            select="exported_file or imported_number",
            values={"exported_file": None, "imported_number": 12},
        ),
    ),
    case(
        "assets/several_at_once.py",
        Asked(
            select="evens or odds",
            values={"evens": [2, 4], "odds": [1, 3, 5]},
            metadata={"evens": {"count": 2}, "odds": {"count": 3}},
        ),
        Asked(select="evens", refused="odds"),
    ),
    case(
        "assets/a_part_of_several.py",
        Asked(select="spring or autumn", values={"spring": 6, "autumn": 6}),
        Asked(select="summer", values={"summer": 6}),
    ),
    case(
        "assets/stored_by_themselves.py",
        Asked(
            select="pulled_rows or pulled_index",
            values={"pulled_rows": None, "pulled_index": None},
            metadata={"pulled_rows": {"rows": 12}, "pulled_index": {"size": 3}},
        ),
    ),
    case(
        "assets/result_of_one.py",
        Asked(
            select="refreshed_view or view_user",
            values={"refreshed_view": None, "view_user": "used"},
            metadata={"refreshed_view": {"seconds": 1.5, "tables": ("a", "b")}},
        ),
    ),
    case(
        "assets/left_out.py",
        Asked(
            select="news_today or front_page or sports_page",
            values={"sports_page": "2:1"},
            steps={"front_page": "SKIPPED"},
        ),
    ),
    case(
        "assets/prefixes.py",
        Asked(
            select="key:bank/*",
            values={"bank/raw/transfers": [10, -4], "bank/balance": 6, "bank/statement": "6 left"},
        ),
    ),
    case(
        "assets/from_a_factory.py",
        Asked(
            select="+all_sold",
            values={"sold_in_ulm": 3, "sold_in_bonn": 4, "all_sold": 7},
        ),
    ),
    case(
        "assets/from_other_modules.py",
        Asked(
            select="group:gathered",
            values={"shop/apples": 3, "shop/apple_sauce": "3 cups"},
        ),
    ),
    case(
        "assets/what_the_context_knows.py",
        Asked(
            select="known_of_itself",
            tags={"who": "ada"},
            values={"known_of_itself": "known_of_itself True True"},
            says=("made for ada",),
        ),
    ),
    case(
        "assets/told_by_metadata.py",
        Asked(
            select="map_tiles",
            values={"map_tiles": ["a", "b"]},
            metadata={
                "map_tiles": {
                    "zoom": 3,
                    "tiles": 2,
                    "where": "/tiles",
                    "notes": "**two** tiles",
                    "page": "https://example.org",
                    "of": {"a": (1, 2)},
                }
            },
        ),
    ),
    case(
        "assets/inner_lineage.py",
        Asked(
            select="wood or plank or nails",
            values={"wood": "oak", "plank": "oak plank"},
            steps={"nails": "FAILED"},
            failures={"nails": "sold out"},
        ),
    ),
]
