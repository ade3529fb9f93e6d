"""An asset says of itself a table, a schema, a time and a link."""

from treadle import (
    AssetKey,
    MaterializeResult,
    MetadataValue,
    TableColumn,
    TableRecord,
    TableSchema,
    asset,
)


@asset
def measured_table() -> MaterializeResult:
    return MaterializeResult(
        metadata={
            "best": MetadataValue.table(
                [TableRecord({"name": "a", "n": 1}), TableRecord({"name": "b", "n": 2})]
            ),
            "schema": MetadataValue.table_schema(
                TableSchema([TableColumn("name", "string"), TableColumn("n", "int")])
            ),
            "made_from": MetadataValue.asset(AssetKey("raw_table")),
            "share": MetadataValue.float(0.5),
            "is_full": MetadataValue.bool(True),
        }
    )
