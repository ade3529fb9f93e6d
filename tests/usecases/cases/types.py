"""Cases on types: what values are held to between ops, and where it is told that one is not right."""

from fractions import Fraction

from tests.usecases.running import Asked, case

CASES = [
    case(
        "types/of_elements.py",
        Asked(select="heavy_parcels", values={"heavy_parcels": {"Oslo": 1200}}),
        Asked(
            select="unweighed_parcels or +street_names",
            values={"streets": ["Main Street", 5]},
            steps={"unweighed_parcels": "FAILED", "street_names": "FAILED"},
            failures={
                "unweighed_parcels": "result[1]['grams'] is a str: 'light', where int is expected",
                "street_names": "streets[1] is an int: 5, where str is expected",
            },
        ),
    ),
    case(
        "types/by_a_function.py",
        Asked(
            select="two_thirds",
            values={"two_thirds": Fraction(2, 3)},
            metadata={"two_thirds": {"parts": 3}},
        ),
        Asked(
            select="too_much or address",
            steps={"too_much.again": "FAILED", "address": "FAILED"},
            failures={
                "too_much.again": "A share is between 0 and 1.",
                "address": "declared Address, but the value is a str: 'nobody'",
            },
        ),
    ),
    case(
        "types/a_type_of_ones_own.py",
        Asked(
            select="good_percent or bad_percent",
            values={"good_percent": "50%"},
            steps={"bad_percent.bad_share": "FAILED", "bad_percent.as_percent": "NOT_RUN"},
            failures={"bad_percent.bad_share": "1.5 is no share"},
        ),
    ),
]
