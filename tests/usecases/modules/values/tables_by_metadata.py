"""A manager finds in the metadata of a definition where a value belongs."""

from treadle import Definitions, IOManager, Out, asset, graph_asset, op

_TABLES = {"main.cities": ["ulm", "bonn"]}


class Tables(IOManager):
    def handle_output(self, context, obj) -> None:
        table = f"{context.definition_metadata['schema']}.{context.name}"
        context.add_output_metadata({"table": table, "rows": len(obj)})

    def load_input(self, context):
        said = context.upstream_output.definition_metadata
        return [*_TABLES["main.cities"], said["schema"]]


@op(out=Out(io_manager_key="tables", metadata={"schema": "main"}))
def list_cities() -> list[str]:
    return ["ulm", "bonn"]


@graph_asset
def cities():
    return list_cities()


@asset
def city_count(cities: list[str]) -> int:
    return len(cities)


defs = Definitions(assets=[cities, city_count], resources={"tables": Tables()})
