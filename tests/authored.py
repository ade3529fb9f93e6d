"""Modules of users' as text, with marked lines: what a test of definitions starts from."""

from __future__ import annotations

import textwrap
from types import ModuleType

import pytest

from treadle import DefinitionError
from treadle.locations.location import LoadedLocation, build_location, definitions_of
from treadle.locations.snapshot import Asset, AssetSource, Snapshot, Source, SourceLine, Step
from treadle.locations.tables import pack
from treadle_contract.ids import StepKey

_PRELUDE = "from treadle import *\n"


def module(source: str, *, name: str = "defs") -> ModuleType:
    """Run the text as a module with all of treadle's names; its file is `/code/<name>.py`."""
    made = ModuleType(name)
    made.__file__ = f"/code/{name}.py"
    text = _PRELUDE + textwrap.dedent(source).lstrip("\n")
    exec(compile(text, made.__file__, "exec", dont_inherit=True), vars(made))  # noqa: S102 -- the test's own text
    return made


def location(**sources: str) -> LoadedLocation:
    """Load one target for each text, in order, named by the argument."""
    loaded = [
        (f"{name}.py", definitions_of(module(source, name=name)))
        for name, source in sources.items()
    ]
    built = build_location(loaded)
    return built.sealed(pack(built.snapshot), files={}, distributions={})


def snapshot(source: str) -> Snapshot:
    """Load the text as the only target."""
    return location(defs=source).snapshot


def refused(error: type[DefinitionError], **sources: str) -> DefinitionError:
    """Load the texts, which must be refused at the line that `# at` marks, and nowhere else.

    Lines marked `# and` are those that the message names besides.
    """
    with pytest.raises(error) as caught:
        location(**sources)
    refusal = caught.value
    assert _lines(refusal.source) == _marked(sources, "# at"), str(refusal)
    assert sorted(_lines(*refusal.others)) == _marked(sources, "# and"), str(refusal)
    assert str(refusal.source) in str(refusal)
    return refusal


def steps(found: Snapshot) -> dict[str, Step]:
    """Return the steps by key."""
    return {step.key: step for step in found.steps}


def reads(found: Snapshot, step_key: str) -> dict[str, list[str]]:
    """Return what each input of a step reads: "@key" for an asset, else "step.output"."""
    return {
        each.name: [_shown(source) for source in each.sources]
        for each in steps(found)[StepKey(step_key)].inputs
    }


def assets(found: Snapshot) -> dict[str, Asset]:
    """Return the assets by key."""
    return {asset.key: asset for asset in found.assets}


def lineage(found: Snapshot) -> dict[str, tuple[str, ...]]:
    """Return what each asset is made from."""
    return {asset.key: asset.upstream_keys for asset in found.assets}


def _shown(source: Source) -> str:
    if isinstance(source, AssetSource):
        return f"@{source.asset_key}"
    return f"{source.step_key}.{source.output}"


def _lines(*places: SourceLine) -> list[str]:
    return [str(place) for place in places]


def _marked(sources: dict[str, str], mark: str) -> list[str]:
    return sorted(
        f"/code/{name}.py:{number}"
        for name, source in sources.items()
        for number, line in enumerate(textwrap.dedent(source).lstrip("\n").splitlines(), start=2)
        if line.rstrip().endswith(mark)
    )
