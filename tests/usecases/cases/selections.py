"""Cases on selections and jobs: what of a module is made."""

from tests.usecases.running import Asked, case

CASES = [
    case(
        "selections/by_group_and_tag.py",
        Asked(select="group:intake and tag:tier=one", values={"intake_rows": 4}),
        Asked(select="kind:report", values={"intake_report": "fine"}),
        Asked(
            select="group:intake and not kind:csv or kind:report",
            values={"intake_errors": 0, "intake_report": "fine"},
        ),
        Asked(select="intake_row", refused="intake_rows"),
    ),
    case(
        "selections/up_and_down.py",
        Asked(select="+level_two", values={"level_one": 1, "level_two": 2}),
        Asked(select="level_two+1", values={"level_two": 2, "level_three": 3}),
        Asked(
            select="roots(+level_three) or sinks(level_one+)",
            values={"level_one": 1, "level_four": 4},
        ),
    ),
    case(
        "selections/jobs_of_selections.py",
        Asked(job="paper_mill", values={"trees": 2, "paper": 200}),
        Asked(job="paper_planes", values={"paper": 200, "flying_paper": "200 hand"}),
    ),
    case(
        "selections/stored_before.py",
        Asked(select="reads_stored", refused="stored_number"),
        Asked(select="stored_number", tags={"number": "4"}, values={"stored_number": 4}),
        Asked(select="reads_stored", values={"reads_stored": 40}),
    ),
]
