"""Every default of the launcher, in one place; each is a flag (see arguments.py).

Times are seconds unless the name says otherwise.
"""

from __future__ import annotations

import os

MAX_STEPS = os.cpu_count() or 1
"""Steps at once, over all runs."""

MAX_RUNS = 10
"""Runs at once; further ones wait in QUEUED."""

TERM_GRACE = 10.0
"""Time between TERM and KILL."""

ORPHAN_GRACE = 600.0
"""How long hosts of a standing launcher wait for one to come back."""

IDLE_HOST = 600.0
"""How long a host without work is kept."""

LOG_LIMIT = 64 * 1024 * 1024
"""Bytes kept of each of an attempt's log streams, half of them from either end."""

MAX_IDLE_HOSTS = 4
"""How many hosts without work are kept."""

WATCHER_BEHIND_EVENTS = 10_000
"""A watcher that is further behind is ended."""

RECONNECT_BACKOFF_MS = 2_000
"""The longest pause of gRPC between two tries to reach a code server again."""

CODE_SERVER_TIMEOUT = 30.0
"""How long a code server may take to answer, reloads apart."""

CODE_SERVER_SHORT_WAIT = 3.0
"""How long calls that need all locations wait for one that does not answer."""

CODE_SERVER_PING_MS = 10_000
"""How often a quiet connection to a code server is tried; a code server permits twice as often."""

CODE_SERVER_PING_ANSWER_MS = 10_000
"""How long a code server may take to answer a ping before its connection is given up."""

HOST_RETURN_GRACE = 10.0
"""After a restart: how long a host that runs nothing and whose process lives may take to dial in."""

STEPS_AHEAD = 32
"""How many steps of a run its host may have before they can start."""

TASK_STEPS = 1000
"""How many steps one task has at most: what those beyond read of it is stored."""

RETRIES_IN_PROCESS = 10
"""How often a step of a task of several is tried again in its process: a further one has another."""

HOST_ANSWER = 10.0
"""How long a host may take to answer a task, or to say anything once an end is overdue."""

HOST_END = 20.0
"""How long after the grace a host that answers may take to end what it was told to."""

HOST_SILENCE = 60.0
"""After so long without the answer that it owes, a host is killed, whatever it runs."""

FIRST_FRAME = 30.0
"""How long a connection of a host may take to say whose it is."""

HOST_START_MARGIN = 10.0
"""What a host may take to start and connect, beside its imports."""

STOP_GRACE = 1.0
"""How long calls may take to end when the launcher leaves."""

STORE_TIMEOUT = 10.0
"""How long a caller waits for a database that takes no writes."""

KEEP_INTERMEDIATES = 7 * 24 * 60 * 60.0
"""How long intermediates of runs that are over are kept."""

KEEP_VERSIONS = 3
"""How many of an asset's versions are kept, from the newest on."""

RECENT_RUNS = 32
"""Of how many runs, those that were launched last, all that is recorded is kept at hand."""

HOUSEKEEPING_PAUSE = 0.25
"""After it was done once, what runs leave to be done is done for all that end within so long."""

FULL_SWEEP_INTERVAL = 60 * 60.0
"""After a run's end, all values are looked through if that was not done for so long."""

KNOWN_STEP_BYTES = 4 * 1024 * 1024
"""How many bytes of steps of plans, as they came, are kept with what they say, for each code server."""
