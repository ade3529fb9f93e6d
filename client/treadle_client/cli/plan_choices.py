"""What a command asks a plan with, or a run."""

from __future__ import annotations

from dataclasses import dataclass

import click

from treadle_client._client import Client
from treadle_client._messages import Plan
from treadle_client._run_handle import RunHandle
from treadle_client.cli.run_choices import RunChoices


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChoices:
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
    isolation: str | None = None

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
            isolation=self.isolation,
        )

    def materialize(self, client: Client, choices: RunChoices) -> RunHandle:
        """Launch a run."""
        return client.materialize(
            self.select or None,
            job=self.job,
            location=self.location,
            unselected_outputs=self.unselected_outputs,
            siblings=self.siblings,
            unrecorded_loads=self.unrecorded_loads,
            isolation=self.isolation,
            tags=choices.tags,
            idempotency_key=choices.idempotency_key,
            timeout=choices.timeout,
            retry_lost=choices.retry_lost,
        )
