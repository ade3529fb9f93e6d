"""Assets are chosen by group, tag, kind and owner."""

from treadle import asset


@asset(group_name="intake", tags={"tier": "one"}, kinds={"csv"}, owners=["ada@example.org"])
def intake_rows():
    return 4


@asset(group_name="intake", tags={"tier": "two"})
def intake_errors():
    return 0


@asset(group_name="output", kinds={"report"}, deps=[intake_rows])
def intake_report():
    return "fine"
