from __future__ import annotations

import pytest

from treadle_api.v1 import launcher_pb2, plan_pb2
from treadle_launcher.errors import BadArgumentError
from treadle_launcher.wire.launcher import decode_launch
from treadle_launcher.wire.limits import KEY_BYTES, SELECTION_BYTES, TAGS_BYTES


@pytest.mark.parametrize(
    ("request_", "word"),
    [
        (launcher_pb2.LaunchRunRequest(idempotency_key="k" * (KEY_BYTES + 1)), "key"),
        (launcher_pb2.LaunchRunRequest(tags={"t": "é" * (TAGS_BYTES // 2)}), "tags"),
        (
            launcher_pb2.LaunchRunRequest(
                selection=plan_pb2.Selection(expressions=["a" * 1024] * (SELECTION_BYTES // 1000))
            ),
            "selection",
        ),
        (
            launcher_pb2.LaunchRunRequest(
                selection=plan_pb2.Selection(job="j" * (SELECTION_BYTES + 1))
            ),
            "selection",
        ),
    ],
)
def test_what_messages_about_a_run_could_not_hold_is_refused(
    request_: launcher_pb2.LaunchRunRequest, word: str
) -> None:
    with pytest.raises(BadArgumentError, match=word):
        decode_launch(request_)


@pytest.mark.parametrize("field", ["unselected_outputs", "siblings", "unrecorded_loads"])
def test_a_choice_that_is_not_known_is_refused(field: str) -> None:
    # A proto3 enum holds any number; its setter takes any as well.
    options = plan_pb2.PlanOptions(**{field: 99})  # type: ignore[arg-type]

    with pytest.raises(BadArgumentError, match=field):
        decode_launch(launcher_pb2.LaunchRunRequest(options=options))


def test_what_is_as_long_as_may_be_is_taken() -> None:
    request = launcher_pb2.LaunchRunRequest(
        idempotency_key="k" * KEY_BYTES,
        tags={"t": "v" * (TAGS_BYTES - 1)},
        selection=plan_pb2.Selection(expressions=["a" * SELECTION_BYTES]),
    )

    assert decode_launch(request).idempotency_key == "k" * KEY_BYTES
