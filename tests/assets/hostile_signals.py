"""A module that takes over the signals by which a host learns of its steps."""

import signal

from treadle import asset

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.setitimer(signal.ITIMER_REAL, 1.0)


@asset
def keeps_handlers(context):
    for number in (signal.SIGCHLD, signal.SIGTERM):
        assert signal.getsignal(number) is signal.SIG_IGN
    context.add_output_metadata({"left": signal.getitimer(signal.ITIMER_REAL)[0]})
