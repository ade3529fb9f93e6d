"""What is not selected is loaded as an earlier run stored it."""

from treadle import asset


@asset
def stored_number(context):
    return int(context.get_tag("number") or 0)


@asset
def reads_stored(stored_number):
    return stored_number * 10
