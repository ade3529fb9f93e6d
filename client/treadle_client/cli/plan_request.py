"""What a command asks a plan with, or a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import click

from treadle_client._client import Client
from treadle_client._plan import Plan
from treadle_client._run_handle import RunHandle


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """A selection or a job, and choices. None: the launcher's default.

    Raises:
        click.UsageError: a selection and a job are given.
    """

    select: tuple[str, ...] = ()
    job: str | None = None
    location: str | None = None
    unselected_outputs: str | None = None
    siblings: str | None = None
    unrecorded_loads: str | None = None

    def __post_init__(self) -> None:
        if self.select and self.job:
            raise click.UsageError(
                "--job takes a job's selection, --select gives one: use one of them."
            )

    def plan(self, client: Client) -> Plan:
        """Ask for the plan."""
        return client.plan(
            self.select or None,
            job=self.job,
            location=self.location,
            unselected_outputs=self.unselected_outputs,
            siblings=self.siblings,
            unrecorded_loads=self.unrecorded_loads,
        )

    def materialize(
        self,
        client: Client,
        *,
        tags: Mapping[str, str],
        idempotency_key: str | None,
        timeout: float | None,
        retry_lost: int,
    ) -> RunHandle:
        """Launch a run."""
        return client.materialize(
            self.select or None,
            job=self.job,
            location=self.location,
            unselected_outputs=self.unselected_outputs,
            siblings=self.siblings,
            unrecorded_loads=self.unrecorded_loads,
            tags=tags,
            idempotency_key=idempotency_key,
            timeout=timeout,
            retry_lost=retry_lost,
        )
