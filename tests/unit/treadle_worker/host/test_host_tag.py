from __future__ import annotations

import resource
import subprocess
import sys
import textwrap

TAG = 1 << 62 | 12345


def python(code: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        **options,
    )


def test_the_tag_is_handed_on_through_all_that_a_process_does_to_get_away():
    carried = python(f"""
        import os, subprocess
        from treadle_worker.host.host_tag import carry
        carry({TAG})
        if os.fork() == 0:
            os.setsid()
            os.closerange(3, 1024)
            os.execve("/bin/cat", ["cat", "/proc/self/limits"], {{}})
        os.wait()
    """)

    line = next(line for line in carried.stdout.splitlines() if "realtime timeout" in line)
    assert line.split()[3:5] == [str(TAG), "unlimited"]
    assert carried.stderr == ""


def test_a_limit_that_is_in_use_stays_and_that_is_said():
    most = 10_000_000

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_RTTIME, (most, most))

    told = python(
        f"""
        import resource
        from treadle_worker.host.host_tag import carry
        carry({TAG})
        print(resource.getrlimit(resource.RLIMIT_RTTIME))
        """,
        preexec_fn=limit,
    )

    assert told.stdout.strip() == str((most, most))
    assert "cannot be tagged" in told.stderr
