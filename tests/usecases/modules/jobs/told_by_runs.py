"""A graph whose inputs each run of its jobs tells: nothing in the module says what they are."""

from treadle import Definitions, graph, op


@op
def rows(context, table, limit: int):
    context.log.warning(f"{limit} rows of {table}")
    return [limit] * 2


@op
def kept(context, rows, table, note="none"):
    context.log.warning(f"{rows} kept for {table}, {note}")


@graph
def copied(table):
    return rows(table)


@graph
def copying(table):
    kept(copied(table), table)


defs = Definitions(
    jobs=[
        copying.to_job("copy"),
        copying.to_job("copy_orders", input_values={"table": "orders"}),
        copying.to_job("copy_by_default", config={"inputs": {"table": {"value": "users"}}}),
    ]
)
