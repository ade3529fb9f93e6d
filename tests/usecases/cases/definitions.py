"""Cases on definitions that are made of others."""

from tests.usecases.running import Asked, case

CASES = [
    case(
        "definitions/changed_afterwards.py",
        Asked(
            select="group:farm and tag:of=farm",
            values={"farm/harvest": 7, "farm/jam": "7 jars"},
        ),
    ),
    case(
        "definitions/wired_by_names.py",
        Asked(select="depot_stock or group:depots", values={"depot_stock": 16, "depots/kept": 4}),
    ),
]
