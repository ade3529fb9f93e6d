"""An asset asks its context for its key, the run and the run's tags."""

from treadle import AssetExecutionContext, asset


@asset
def known_of_itself(context: AssetExecutionContext) -> str:
    context.log.warning("made for %s", context.get_tag("who"))
    return f"{context.asset_key.to_user_string()} {bool(context.run_id)} {context.has_tag('who')}"
