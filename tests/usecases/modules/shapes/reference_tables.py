"""A registry's tables: one nested graph of download and load, and an asset for each file, which its config names."""

from dagster import Config, ConfigurableResource, Definitions, graph, graph_asset, op

_MIRROR = {
    "compartments.tsv": "c\tcytosol\nm\tmitochondrion",
    "reactions.tsv": "R1\tA = B\nR2\tB = C\nR3\tC = D",
}


class Mirror(ConfigurableResource):
    base_url: str
    retries: int = 3

    def get(self, table: str) -> str:
        return _MIRROR[table]


class TableFile(Config):
    table: str


class RowModel(Config):
    columns: list[str]


@op
def fetch_table(config: TableFile, mirror: Mirror) -> str:
    return mirror.get(config.table)


@op
def parse_rows(config: RowModel, text: str) -> list[dict[str, str]]:
    return [dict(zip(config.columns, line.split("\t"), strict=True)) for line in text.splitlines()]


@graph
def reference_table():
    return parse_rows(fetch_table())


def _config(table: str, columns: list[str]) -> dict:
    return {
        "reference_table": {
            "ops": {
                "fetch_table": {"config": {"table": table}},
                "parse_rows": {"config": {"columns": columns}},
            }
        }
    }


@graph_asset(config=_config("compartments.tsv", ["id", "name"]), tags={"layer": "bronze"})
def compartments() -> list:
    """The places of a cell."""
    return reference_table()


@graph_asset(config=_config("reactions.tsv", ["id", "equation"]), tags={"layer": "bronze"})
def reactions() -> list:
    """What reacts with what."""
    return reference_table()


defs = Definitions(
    assets=[compartments, reactions],
    resources={"mirror": Mirror(base_url="https://example.org/tables")},
)
