from treadle import (
    MaterializeResult,
    MetadataValue,
    TableColumn,
    TableRecord,
    TableSchema,
    asset,
    materialize,
)


@asset(metadata={"team": "shop", "page": MetadataValue.url("https://example.org")})
def orders():
    return MaterializeResult(
        metadata={
            "rows": 2,
            "note": MetadataValue.md("**two** rows"),
            "raw": MetadataValue.json({"a": 1}),
            "columns": TableSchema(
                columns=[TableColumn("day", "string"), TableColumn("sold", "int")]
            ),
            "head": MetadataValue.table([TableRecord({"day": "monday", "sold": 40})]),
        }
    )


(made,) = materialize([orders]).get_asset_materialization_events()
assert made.materialization.metadata["rows"].value == 2
