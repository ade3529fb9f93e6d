"""The config of a step, read in its process: variables, mappings, and the type of the op."""

from __future__ import annotations

from typing import Any

from treadle._system import os
from treadle.steps._failures import StepFailedError, user_code
from treadle.steps._step_code import StepCode
from treadle_contract.run import FailureWhere
from treadle_contract.worker import TaskStep


def config_of(code: StepCode, step: TaskStep) -> Any:
    """Return what the op gets as its config, None if it takes none.

    Raises:
        StepFailedError: a variable is not set, or what was told is not what the op takes.
    """
    if code.config is None:
        return None
    from treadle.config.values import MissingVariableError  # noqa: PLC0415 -- few modules have config

    subject = f"Step {step.step_key!r}: its config"
    try:
        with user_code(FailureWhere.CONFIG, subject):
            return code.config.read(step.config, os.environ)
    except StepFailedError as failed:
        if isinstance(failed.__cause__, MissingVariableError):
            problem = (
                f"{subject} names a variable. {failed.__cause__} Set it where the code server runs."
            )
            raise StepFailedError(FailureWhere.CONFIG, problem) from None
        raise


def as_plain_data(config: Any) -> Any:
    """Return config as plain data, mappings in the place of classes of config."""
    if isinstance(config, list):
        return list(map(as_plain_data, config))
    if isinstance(config, dict):
        return {name: as_plain_data(each) for name, each in config.items()}
    dump = getattr(config, "model_dump", None)
    return config if dump is None or isinstance(config, type) else dump()
