"""What an asset says of its value: with the value, by its context, and at its definition."""

from treadle import MetadataValue, Output, asset


@asset(metadata={"owner_team": "maps"})
def map_tiles(context):
    context.add_output_metadata({"zoom": 3})
    return Output(
        ["a", "b"],
        metadata={
            "tiles": 2,
            "where": MetadataValue.path("/tiles"),
            "notes": MetadataValue.md("**two** tiles"),
            "page": MetadataValue.url("https://example.org"),
            "of": MetadataValue.json({"a": [1, 2]}),
        },
    )
