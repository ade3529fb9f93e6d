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

# Each kind has a class of its own, and a short way to make it.
from treadle import (  # noqa: E402
    BoolMetadataValue,
    CodeReferencesMetadataValue,
    DagsterAssetMetadataValue,
    DagsterJobMetadataValue,
    DagsterRunMetadataValue,
    FloatMetadataValue,
    IntMetadataValue,
    JsonMetadataValue,
    LocalFileCodeReference,
    MarkdownMetadataValue,
    NotebookMetadataValue,
    NullMetadataValue,
    PathMetadataValue,
    PythonArtifactMetadataValue,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableColumnLineageMetadataValue,
    TableConstraints,
    TableMetadataValue,
    TableSchemaMetadataValue,
    TextMetadataValue,
    TimestampMetadataValue,
    UrlCodeReference,
    UrlMetadataValue,
)

schema = TableSchema(
    columns=[TableColumn("day", constraints=TableColumnConstraints(nullable=False))],
    constraints=TableConstraints(other=["a row a day"]),
)
lineage = TableColumnLineage({"day": [TableColumnDep(asset_key="raw", column_name="date")]})
KINDS = {
    BoolMetadataValue: MetadataValue.bool(True),
    CodeReferencesMetadataValue: CodeReferencesMetadataValue(
        code_references=[
            LocalFileCodeReference(file_path="/shop.py"),
            UrlCodeReference(url="https://example.org/shop.py"),
        ]
    ),
    DagsterAssetMetadataValue: MetadataValue.asset("orders"),
    DagsterJobMetadataValue: MetadataValue.job("nightly", "shop"),
    DagsterRunMetadataValue: MetadataValue.dagster_run("01J"),
    FloatMetadataValue: MetadataValue.float(0.5),
    IntMetadataValue: MetadataValue.int(5),
    JsonMetadataValue: MetadataValue.json([1]),
    MarkdownMetadataValue: MetadataValue.md("**two**"),
    NotebookMetadataValue: MetadataValue.notebook("/shop.ipynb"),
    NullMetadataValue: MetadataValue.null(),
    PathMetadataValue: MetadataValue.path("/data"),
    PythonArtifactMetadataValue: MetadataValue.python_artifact(dict),
    TableColumnLineageMetadataValue: MetadataValue.column_lineage(lineage),
    TableMetadataValue: MetadataValue.table([TableRecord({"day": "monday"})]),
    TableSchemaMetadataValue: MetadataValue.table_schema(schema),
    TextMetadataValue: MetadataValue.text("two"),
    TimestampMetadataValue: MetadataValue.timestamp(1700000000.0),
    UrlMetadataValue: MetadataValue.url("https://example.org"),
}
assert all(isinstance(value, kind) for kind, value in KINDS.items())
