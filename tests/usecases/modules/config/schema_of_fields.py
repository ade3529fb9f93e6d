"""An op says what it may be told with fields, defaults and shapes, as older modules do."""

from treadle import Array, Field, Noneable, Shape, asset


@asset(
    config_schema={
        "columns": Array(str),
        "limit": Field(int, default_value=10, is_required=False),
        "where": Noneable(str),
        "order": Shape({"by": str, "down": Field(bool, default_value=False)}),
    }
)
def query_text(context) -> str:
    told = context.op_config
    where = f" where {told['where']}" if told["where"] else ""
    down = " desc" if told["order"]["down"] else ""
    columns = ", ".join(told["columns"])
    return f"select {columns}{where} order by {told['order']['by']}{down} limit {told['limit']}"
