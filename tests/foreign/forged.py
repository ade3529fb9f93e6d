"""What a step may write itself to the descriptor that its process reports on: a seed's forgery."""

from __future__ import annotations

import json
import os
import socket
import stat
import struct
from random import Random

VARIABLE = "TREADLE_FOREIGN_STEP"
"""A seed. Where it is set, the first asset of a foreign location forges."""

CODE = f"""
import os
if {VARIABLE!r} in os.environ:
    import sys
    sys.path.append({os.path.abspath(os.path.join(__file__, "..", "..", ".."))!r})
    from tests.foreign.forged import forge
else:
    def forge():
        pass
"""
"""At the head of a module whose first asset calls `forge`."""

_LENGTH = struct.Struct(">I")
_TOLD = "JournalRecord.failed was forged"


def forge() -> None:
    """Write one forged report, or what is none, and maybe end as if all were said."""
    random = Random(int(os.environ[VARIABLE]))
    body, is_end = random.choice(_BODIES)
    frame = random.choice((_LENGTH.pack(len(body)) + body, _LENGTH.pack(len(body) + 1) + body))
    for name in os.listdir("/proc/self/fd"):
        if is_socket(int(name)):
            with socket.socket(fileno=os.dup(int(name))) as reports:
                reports.setblocking(True)
                reports.sendall(frame)
    if is_end and random.random() < 0.5:
        os._exit(0)


def is_socket(fd: int) -> bool:
    """Tell whether a descriptor is one: only what reports go to is, in a step."""
    try:
        return stat.S_ISSOCK(os.fstat(fd).st_mode)
    except OSError:
        return False


def _success(**told: object) -> bytes:
    return json.dumps({"succeeded": told}).encode()


def _valued(value: str) -> bytes:
    entry = '{"name":"a","value":' + value + "}"
    return ('{"succeeded":{"stored":[{"output":"result","metadata":[' + entry + "]}]}}").encode()


_BODIES = (
    (b"\xff" * 100, False),
    (b'{"succeeded":{"later":' + b"[" * 980 + b"]" * 980 + b"}}", True),
    (b'{"succeeded":{"stored":[' + b"[]," * 1_100_000 + b"[]]}}", True),
    (b'{"succeeded":{"durationUs":' + b"9" * 5000 + b"}}", True),
    (_success(), True),
    (_success(yieldedOutputs=["result"]), True),
    (_success(yieldedOutputs=["result", "result"]), True),
    (_success(yieldedOutputs=["x" * 1_000_000]), True),
    (_success(yieldedOutputs=["\ud800"]), True),
    (_success(pid=float("nan"), usage={"cpuUs": float("inf")}), True),
    (_success(stored=[{"output": "result", "valueRef": {"sizeBytes": 10**99}}]), True),
    (_valued('{"bytesValue":"%%%"}'), True),
    (_valued('{"doubleValue":NaN,"intValue":1e400}'), True),
    (_valued('{"mapValue":{"entries":{"' + "k" * 1_000_000 + '":{}}}}'), True),
    (_valued('{"mapValue":{"entries":{"\\ud800":{}}}}'), True),
    (b'{"cancelled":{"wasRunning":true}}', False),
    (b'{"begun":{},"begun":{"process":{"pid":-1}}}', False),
    (b'{"inputLoaded":{"input":"nobody"}}', False),
    (json.dumps({"logRecord": {"level": "\0", "message": "x" * 2_000_000}}).encode(), False),
    (json.dumps({"failed": {"failure": {"reason": 99, "message": _TOLD}}}).encode(), False),
    *(
        (json.dumps({**fact, "nextStepKey": key}).encode(), "succeeded" in fact)
        for fact in (
            {"succeeded": {"yieldedOutputs": ["result"]}},
            {"failed": {"failure": {"reason": "FAILURE_REASON_USER_ERROR", "message": _TOLD}}},
        )
        for key in ("nobody", "f0_four.begins", "f0_four.passes", "f0_four.ends")
    ),
)
"""Each with whether it tells, or seems to tell, that the attempt ended well."""
