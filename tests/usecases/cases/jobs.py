"""Cases on jobs of ops: graphs that run by their name and make no asset."""

from tests.usecases.running import Asked, case

CASES = [
    case(
        "jobs/a_job_of_ops.py",
        Asked(job="reminders", says=("2 to ann", "unlocked")),
        Asked(
            job="reminders",
            config={"ops": {"mailing": {"ops": {"send": {"config": {"to": "bob"}}}}}},
            says=("2 to bob", "unlocked"),
        ),
        Asked(job="mail_again", says=("2 to all",)),
        Asked(job="mail_again", config={"ops": {"sent": {}}}, refused="sent"),
        Asked(select="order_count", values={"order_count": 2}),
    ),
    case(
        "jobs/part_of_a_graph.py",
        Asked(job="all_of_it", says=("sum of [1, 8, 1]", "told 10")),
        Asked(job="without_the_end", says=("sum of [3, 8, 3]",)),
        Asked(
            job="the_end",
            config={"ops": {"telling": {"inputs": {"number": {"value": 7}}}}},
            says=("told 7",),
        ),
        Asked(job="the_end", refused="number"),
        Asked(
            job="the_end",
            config={"ops": {"telling": {"inputs": {"number": 1}}, "counted": {}}},
            says=("told 1",),
        ),
        Asked(
            job="all_of_it",
            options={"op_selection": ["doubled+"]},
            config={
                "ops": {"doubled": {"inputs": {"number": 5}}, "telling": {"inputs": {"number": 0}}}
            },
            says=("sum of [1, 10, 1]",),
        ),
        Asked(job="all_of_it", options={"op_selection": ["telling"]}, refused="number"),
    ),
    case(
        "jobs/resources_of_each.py",
        Asked(
            job="staging_totals",
            says=("1.5 of staging, reported",),
            files={"staging-a-amount.txt": "1.5 of staging", "staging-a-report.txt": "None"},
        ),
        Asked(job="production_totals", says=("2.0 of production, reported",)),
        Asked(
            job="production_totals",
            config={"resources": {"stockroom": {"config": {"rows": 3}}}},
            says=("6.0 of production, reported",),
        ),
        Asked(
            job="production_totals",
            config={"resources": {"stockroom": {"config": {"rows": "many"}}}},
            refused="rows",
        ),
        Asked(select="stock", values={"stock": "for all"}),
    ),
    case(
        "jobs/told_by_runs.py",
        Asked(
            job="copy",
            config={
                "inputs": {"table": {"value": {"name": "items"}}},
                "ops": {
                    "copied": {"ops": {"rows": {"inputs": {"limit": 3}}}},
                    "kept": {"inputs": {"note": "twice"}},
                },
            },
            says=("3 rows of {'name': 'items'}", "[3, 3] kept for {'name': 'items'}, twice"),
        ),
        Asked(
            job="copy",
            config={"ops": {"copied": {"ops": {"rows": {"inputs": {"limit": 3}}}}}},
            refused="inputs.table: it must be given",
        ),
        Asked(
            job="copy_by_default",
            config={
                "ops": {
                    "copied": {"inputs": {"table": 5}, "ops": {"rows": {"inputs": {"limit": 1}}}}
                }
            },
            says=("1 rows of 5", "[1, 1] kept for users, none"),
        ),
        Asked(
            job="copy_orders",
            config={"ops": {"copied": {"ops": {"rows": {"inputs": {"limit": 2}}}}}},
            says=("2 rows of orders", "[2, 2] kept for orders, none"),
        ),
    ),
]
