"""The config of jobs, held against the places that it is for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from treadle import _json as json
from treadle._errors import ArgumentError
from treadle.config.values import told_secrets
from treadle.locations._jobs import AssetJob
from treadle.locations.snapshot import Snapshot, SourceLine
from treadle_contract.message import UserValue
from treadle_contract.value import ConfigPlace


def refuse_secrets(
    jobs: Iterable[AssetJob], snapshot: Snapshot, lines: tuple[SourceLine, ...]
) -> None:
    """Refuse a job whose config holds a secret as it is: it would stand in the graph.

    Raises:
        ArgumentError: one does.
    """
    places = [step.config for step in snapshot.steps if step.config is not None]
    places += [each.config for each in snapshot.resources if each.config is not None]
    for job in jobs:
        for path in _secrets(job.config, places):
            raise ArgumentError(
                f"define_asset_job {job.name!r}: config holds a secret as it is, at {'.'.join(path)}.",
                fix='Give the name of a variable: EnvVar(NAME), or {"env": NAME}.',
                source=job.source,
                others=lines,
            )


def _secrets(config: UserValue, places: Iterable[ConfigPlace]) -> Iterator[tuple[str, ...]]:
    for place in places:
        value = config
        for name in place.path:
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is not None:
            schema = json.loads(place.json_schema)
            yield from told_secrets(value, schema, schema, tuple(place.path))
