"""Questions to the user's functions about partitions, answered in the process that imported them."""

from __future__ import annotations

from collections.abc import Sequence

from treadle.locations import canonical
from treadle.locations.canonical import Json
from treadle.locations.location import LoadedLocation
from treadle.partitions._answers import answer, config_answer
from treadle.partitions._questions import ConfigQuestion, MappingQuestion
from treadle_worker.loading.problems import describe


def answers(location: LoadedLocation, questions: Sequence[Json]) -> dict[str, Json]:
    """Return the frame with an answer to each question, and the digest of the code that gave them."""
    return {
        "digest": location.snapshot.digest,
        "answers": [_answered(location, each) for each in questions],
    }


def _answered(location: LoadedLocation, question: Json) -> dict[str, Json]:
    asked = canonical.decoder(MappingQuestion | ConfigQuestion)(question)
    try:
        if isinstance(asked, ConfigQuestion):
            return {"config": canonical.to_json(config_answer(location, asked))}
        assert isinstance(asked, MappingQuestion), "it was decoded as one of both"
        return {"keys": list(answer(location, asked))}
    except BaseException as error:  # noqa: BLE001 -- the user's function may raise anything
        return {"problem": describe(error).text}
