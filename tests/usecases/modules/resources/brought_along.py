"""An asset and a graph bring their own resources along."""

from treadle import asset, graph_asset, op


@asset(required_resource_keys={"stamp"}, resource_defs={"stamp": "seen"})
def stamped_page(context) -> str:
    return context.resources.stamp


@op(required_resource_keys={"ink"})
def written(context, stamped_page: str) -> str:
    return f"{stamped_page} in {context.resources.ink}"


@graph_asset(resource_defs={"ink": "blue"})
def written_page(stamped_page):
    return written(stamped_page)
