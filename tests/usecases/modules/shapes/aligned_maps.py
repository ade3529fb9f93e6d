"""Maps of several years are aligned by the same ops: a factory of graphs, whose ops store and load by managers of their own."""

import json
import os
from pathlib import Path

from dagster import (
    AssetIn,
    AssetsDefinition,
    ConfigurableIOManager,
    Definitions,
    In,
    InputContext,
    OpExecutionContext,
    Out,
    OutputContext,
    asset,
    graph_asset,
    op,
)


def _root() -> Path:
    return Path(os.environ["TREADLE_TEST_SCRATCH"]) / "maps"


class MapFiles(ConfigurableIOManager):
    extension: str

    def _path(self, context) -> Path:
        *folders, name = context.get_identifier()
        return _root().joinpath(*folders) / f"{name}{self.extension}"

    def handle_output(self, context: OutputContext, obj: dict) -> None:
        path = self._path(context)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(obj))
        context.add_output_metadata({"features": len(obj["features"])})

    def load_input(self, context: InputContext) -> dict:
        assert context.upstream_output is not None
        return json.loads(self._path(context.upstream_output).read_text())


class MapPaths(MapFiles):
    """Hands on where a map lies, for tools that open files themselves."""

    def load_input(self, context: InputContext) -> Path:
        return self._path(context.upstream_output)


@asset(key_prefix=["control_points"])
def points() -> list[tuple[int, int]]:
    return [(0, 1), (5, 6)]


@op
def options_of(points: list[tuple[int, int]]) -> str:
    return " ".join(f"-gcp {x} {y}" for x, y in points)


@op(ins={"map_path": In(input_manager_key="map_paths")}, out=Out(io_manager_key="map_files"))
def translate(context: OpExecutionContext, map_path: Path, options: str) -> dict:
    found = json.loads(map_path.read_text())
    context.log.debug("translating %s", map_path.name)
    return {"features": [f"{each} by {options.count('-gcp')} points" for each in found["features"]]}


def raw_map(year: int) -> AssetsDefinition:
    @asset(name=str(year), key_prefix=["maps", "raw"], io_manager_key="map_files")
    def loaded():
        return {"features": [f"town {number} of {year}" for number in range(year - 1988)]}

    return loaded


def aligned_map(year: int) -> AssetsDefinition:
    @graph_asset(
        name=str(year),
        key_prefix=["maps", "aligned"],
        ins={
            "map_path": AssetIn(key=["maps", "raw", str(year)]),
            "points": AssetIn(key=["control_points", "points"]),
        },
    )
    def aligned(map_path, points):
        return translate(map_path, options_of(points))

    return aligned


defs = Definitions(
    assets=[points, *(make(year) for year in (1990, 1991) for make in (raw_map, aligned_map))],
    resources={
        "map_files": MapFiles(extension=".json"),
        "map_paths": MapPaths(extension=".json"),
    },
)
