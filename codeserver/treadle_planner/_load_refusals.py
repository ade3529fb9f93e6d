"""What is said of loads that nothing stored answers: which, why, and what would do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from treadle_contract.message import NO_ENTRIES as NONE
from treadle_contract.plan import Load


def refused_loads(
    loads: Sequence[Load],
    gone: Mapping[str, str],
    smallest: str,
    owners: Mapping[str, str],
    partitions: Mapping[str, str] = NONE,
) -> str:
    """Say what a plan loads in vain, and what to do.

    `gone` says why what was made cannot be read; `smallest` is a selection with the makers in it,
    "" for none; `owners` are the locations that make what this one does not; `partitions` say which of
    an asset's are lacking.
    """
    lacking = _lacking_clause([load.asset_key for load in loads], gone, partitions)
    return f"The plan loads {lacking}. {' '.join(_advice(loads, smallest, owners, partitions))}"


def _lacking_clause(
    keys: Sequence[str], gone: Mapping[str, str], partitions: Mapping[str, str]
) -> str:
    never = [
        f"{key}, partition {partitions[key]}" if key in partitions else key
        for key in keys
        if not gone.get(key)
    ]
    parts = [f"{', '.join(never)}, which no run has made"] if never else []
    parts += [f"{key}: {gone[key]}" for key in keys if gone.get(key)]
    return "; ".join(parts)


def _advice(
    loads: Sequence[Load], smallest: str, owners: Mapping[str, str], partitions: Mapping[str, str]
) -> Iterator[str]:
    if smallest:
        yield f"To make {'it' if len(loads) == 1 else 'them'} too, select: {smallest}."
        return
    for load in loads:
        key = load.asset_key
        if key in owners:
            yield f"Location {owners[key]} makes {key}: select it there first."
        elif load.external:
            yield (
                f"{key} is external: Treadle's own IO manager never has anything of it. Name one that"
                f" loads it, with AssetIn(input_manager_key=…), or, if it is only to come first, write"
                f" deps=[{key!r}] instead of the argument."
            )
        elif key in partitions:
            yield f"Make partition {partitions[key]} of {key} first."
            return
    if not any(load.external or load.asset_key in owners for load in loads):
        yield "No run here can make it."
