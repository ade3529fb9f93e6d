from __future__ import annotations

import treadle_planner


def test_exports_are_these_and_no_more() -> None:
    assert treadle_planner.__all__ == [
        "Asked",
        "Conversation",
        "Plan",
        "PlanRefused",
        "Planner",
        "Question",
        "RefusalReason",
        "Rerun",
        "Settled",
        "Told",
        "UserFunctionFailed",
        "UserFunctions",
        "plan",
    ]
    assert all(hasattr(treadle_planner, name) for name in treadle_planner.__all__)
