"""The names of runs, steps, assets, tasks, hosts and long texts: texts of different meaning."""

from __future__ import annotations

from typing import NewType

RunId = NewType("RunId", str)
"""26 characters of Crockford's base32, sortable by the time of submission."""

StepKey = NewType("StepKey", str)
"""The dotted path of node names of one op invocation."""

KeyText = NewType("KeyText", str)
"""An asset key: its components joined by "/"."""

HostId = NewType("HostId", str)
"""A host, by the id that the launcher gave it."""

TaskId = NewType("TaskId", str)
"""A task: run/first step/attempt."""

TextId = NewType("TextId", str)
"""A long text, by the name under which ReadText streams it."""
