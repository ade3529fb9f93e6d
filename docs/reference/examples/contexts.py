from treadle import (
    Output,
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

from treadle import AssetMaterialization, AssetObservation, ExpectationResult, SourceAsset  # noqa: E402


@asset
def observer(context: AssetExecutionContext):
    context.log_event(AssetObservation(asset_key="far", metadata={"rows": 3}))
    context.log_event(AssetMaterialization(asset_key="near", metadata={"rows": 4}))
    yield ExpectationResult(success=True, label="fine")
    yield Output(1)


assert materialize([observer, SourceAsset("far")]).success

from treadle import get_dagster_logger  # noqa: E402

assert get_dagster_logger("mail").parent is get_dagster_logger()
