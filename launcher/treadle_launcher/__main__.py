"""The launcher's process: `python -P -m treadle_launcher ARGS`."""

from __future__ import annotations

import sys

from treadle_access.importing import modules_for_good

with modules_for_good():
    from treadle_launcher.serving.process import main

if __name__ == "__main__":
    sys.exit(main())
