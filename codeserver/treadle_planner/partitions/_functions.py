"""Functions of the user's that a plan rests on: asked through what the planner is given, never called here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from treadle.locations.snapshot import Job
from treadle.partitions._questions import ConfigQuestion, MappingQuestion
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.message import UserValue
from treadle_contract.partition import PartitionKeyRange, UserMapping
from treadle_partitions import AskUser, KeySet, PartitionKeys, Way
from treadle_planner._refusals import PlanRefused, RefusalReason

_MINUTE = 60


class UserFunctionFailed(Exception):
    """A function of the user's gave no answer; the message says why."""


class UserFunctions(Protocol):
    """Runs functions of the user's where they may run."""

    def keys(self, question: MappingQuestion) -> Iterable[str]:
        """Return the keys that a partition mapping gives.

        Raises:
            UserFunctionFailed: it gave none.
        """

    def config(self, question: ConfigQuestion) -> UserValue:
        """Return the config that a function makes of a partition.

        Raises:
            UserFunctionFailed: it made none.
        """


def asking(
    functions: UserFunctions | None, now: datetime, dynamic: Mapping[str, Sequence[str]]
) -> AskUser:
    """Return what asks partition mappings of the user's, at a moment.

    What it returns raises PlanRefused where there is no answer.
    """

    def ask(user: UserMapping, way: Way, keys: KeySet, into: PartitionKeys) -> Iterable[str]:
        question = MappingQuestion(
            block=user.block,
            asset_key=user.asset_key,
            upwards=way is Way.UP,
            keys=tuple(keys),
            # To the minute, so that who asks again soon is answered at once.
            now=int(now.timestamp()) // _MINUTE * _MINUTE,
            dynamic={name: tuple(added) for name, added in sorted(dynamic.items())},
        )
        problem = "nothing here runs it"
        try:
            if functions is not None:
                return functions.keys(question)
        except UserFunctionFailed as error:
            problem = str(error)
        message = (
            f"{user.block} reads {user.asset_key} by the partition mapping {user.class_name}, which gave"
            f" no answer: {problem}"
        )
        raise PlanRefused(RefusalReason.BAD_PARTITION, message, names=(user.asset_key,))

    return ask


def with_config(
    job: Job | None, functions: UserFunctions | None, asked: Sequence[PartitionKeyRange]
) -> Job | None:
    """Return a job with the config of the partition that is asked for, if it is a function of that.

    Raises:
        PlanRefused: several are asked for, or the function made none.
    """
    if job is None or not job.has_partitioned_config:
        return job
    if len(asked) != 1 or asked[0].first != asked[0].last:
        message = (
            f"The config of the job {job.name!r} is made of the key of one partition, and a run of it makes"
            " one: name one, and run several one by one."
        )
        raise PlanRefused(RefusalReason.BAD_PARTITION, message, names=(job.name,))
    problem = "nothing here runs it"
    try:
        if functions is not None:
            question = ConfigQuestion(job=job.name, partition_key=asked[0].first)
            return replace(job, config=functions.config(question))
    except UserFunctionFailed as error:
        problem = str(error)
    message = f"The function that makes the config of the job {job.name!r} gave none: {problem}"
    raise PlanRefused(RefusalReason.BAD_PARTITION, message, names=(job.name,))
