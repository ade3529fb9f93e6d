"""What a command asks a plan with, or a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from treadle_client._messages import Explanation, Plan
from treadle_client.cli.config_options import read_config
from treadle_client.cli.run_choices import RunChoices
from treadle_contract.lazy_dataclasses import dataclass, field

if TYPE_CHECKING:
    from treadle_client._client import Client
    from treadle_client._run_handle import RunHandle


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChoices:
    """A selection or a job, and choices: those of PlanOptions by their names, None for the default.

    Raises:
        click.UsageError: a selection and a job are given, or ops of no job.
    """

    select: tuple[str, ...] = ()
    job: str | None = None
    op_selection: tuple[str, ...] = ()
    location: str | None = None
    # Any: the client takes each by its name, and checks it.
    options: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(  # noqa: PLR0913, PLR0917 - what a command line says, each by name
        cls,
        select: tuple[str, ...],
        job: str | None,
        op_selection: tuple[str, ...],
        location: str | None,
        config_files: tuple[Path, ...],
        config_json: str | None,
        settings: tuple[str, ...],
        partitions: tuple[str, ...] = (),
        **options: str | bool | None,
    ) -> PlanChoices:
        """Gather what a command line says.

        Raises:
            click.UsageError: its config cannot be read.
        """
        config = read_config(config_files, config_json, settings)
        chosen: dict[str, Any] = {**options, "config": config}
        if partitions:
            chosen["partitions"] = partitions
        return cls(
            select=select, job=job, op_selection=op_selection, location=location, options=chosen
        )

    def __post_init__(self) -> None:
        if self.select and self.job:
            raise click.UsageError(
                "--job takes a job's selection, --select gives one: use one of them."
            )
        if self.op_selection and not self.job:
            raise click.UsageError("--op takes an op of a job: name it with --job.")

    def plan(self, client: Client) -> Plan:
        """Ask for the plan."""
        return client.plan(
            self.select or None,
            job=self.job,
            op_selection=self.op_selection,
            location=self.location,
            **self.options,
        )

    def explain(self, client: Client) -> Explanation:
        """Ask for the explanation."""
        return client.explain(
            self.select or None,
            job=self.job,
            op_selection=self.op_selection,
            location=self.location,
            **self.options,
        )

    def materialize(self, client: Client, choices: RunChoices) -> RunHandle:
        """Launch a run."""
        return client.materialize(
            self.select or None,
            job=self.job,
            op_selection=self.op_selection,
            location=self.location,
            **self.options,
            tags=choices.tags,
            idempotency_key=choices.idempotency_key,
            timeout=choices.timeout,
            retry_lost=choices.retry_lost,
        )
