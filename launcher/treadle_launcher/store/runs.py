"""The runs' rows: what the log says of a run in short, and how its hosts are started."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update as update_rows
from sqlalchemy.dialects.sqlite import insert as insert_or

from treadle_launcher import codec
from treadle_launcher.clock import TimeUs
from treadle_launcher.errors import UnknownRunError
from treadle_launcher.events import Event, RunSubmitted
from treadle_launcher.failure import Failure
from treadle_launcher.ids import RunId
from treadle_launcher.launch_spec import LaunchSpec
from treadle_launcher.run_states import FINAL_RUN_STATES, RunState
from treadle_launcher.run_summary import RunSummary
from treadle_launcher.step_states import StepState
from treadle_launcher.store.pages import cut_page, parse_token, page_limit
from treadle_launcher.store.records import Page
from treadle_launcher.store.schema import launch_specs
from treadle_launcher.store.schema import runs as table
