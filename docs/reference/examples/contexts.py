from treadle import (
    AssetExecutionContext,
    OpExecutionContext,
    asset,
    build_op_context,
    materialize,
    op,
)


@op
def shout(context: OpExecutionContext, word: str):
    return f"{word} {context.resources.mark}"


@asset(metadata={"unit": "rows"})
def orders(context: AssetExecutionContext):
    context.log.info("reading")
    return context.asset_key.to_user_string()


assert shout(build_op_context(resources={"mark": "!"}), "hey") == "hey !"
assert materialize([orders]).asset_value("orders") == "orders"
