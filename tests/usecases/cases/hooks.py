"""Cases on hooks: of graphs, of jobs, of one invocation."""

from tests.usecases.running import Asked, case

CASES = [
    case(
        "hooks/told_of_success.py",
        Asked(
            select="rolls_sold",
            values={"rolls_sold": 10},
            files={"told_of_success.txt": "baked: 12\nsold: 10\n"},
        ),
    ),
    case(
        "hooks/told_of_failure.py",
        Asked(
            job="lunch",
            values={"salad": "green"},
            steps={"burnt_soup": "FAILED"},
            failures={"burnt_soup": "too hot"},
            files={"told_of_failure.txt": "burnt_soup: too hot\n"},
        ),
    ),
    case(
        "hooks/at_one_op.py",
        Asked(
            select="flower_bed",
            values={"flower_bed": "wet wet seed"},
            files={"at_one_op.txt": "flower_bed.first"},
        ),
        Asked(select="block:flower_bed", values={"flower_bed": "wet wet seed"}),
    ),
]
