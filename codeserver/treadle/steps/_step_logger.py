"""The step's logger, which is `context.log`: what an op does to logging takes no record from it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

STEP_LOGGER: Final = "treadle.step"

_given: StepLogger | None = None


class StepLogger(logging.Logger):
    """A logger that logging's manager does not know, so that nothing there disables or resets it.

    Its records go to `own` first, whatever logging.disable says. Then they go the usual way,
    from the manager's logger of the same name up to root's handlers, all but `others`: that is
    the one which takes the records of all other loggers to the same place.
    """

    def __init__(
        self, name: str, parent: logging.Logger, own: logging.Handler, others: logging.Handler
    ) -> None:
        super().__init__(name)
        self.parent = parent
        self._own = own
        self._others = others
        self._children: dict[str, StepLogger] = {}

    def isEnabledFor(self, level: int) -> bool:
        """Tell whether records of the level are taken: its own level alone decides."""
        return not self.disabled and level >= self.getEffectiveLevel()

    def callHandlers(self, record: logging.LogRecord) -> None:
        """Give a record to its own handler, and to those that the user's code has set up."""
        self._own.handle(record)
        if record.levelno <= self.manager.disable:
            return
        logger: logging.Logger | None = self
        while logger is not None:
            for handler in logger.handlers:
                if handler is not self._others and record.levelno >= handler.level:
                    handler.handle(record)
            logger = logger.parent if logger.propagate else None

    def getChild(self, suffix: str) -> StepLogger:
        """Return the logger below this one, always the same; its records are kept like these."""
        logger = self
        for part in suffix.split("."):
            child = StepLogger(f"{logger.name}.{part}", logger, self._own, self._others)
            # In one operation: threads that ask at once get the same one.
            logger = logger._children.setdefault(part, child)
        return logger

    def __reduce__(self) -> tuple[Callable[[str], logging.Logger], tuple[str]]:
        """Be pickled, and copied, by name, as loggers are."""
        return _logger_named, (self.name,)


def step_logger() -> logging.Logger:
    """Return this process's: in a step process the given one, elsewhere an ordinary logger."""
    return logging.getLogger(STEP_LOGGER) if _given is None else _given


def get_dagster_logger(name: str | None = None) -> logging.Logger:
    """Return `context.log`, or the logger below it of that name, for code that has no context.

    A module may keep it: records go to the step that runs.
    """
    logger = step_logger()
    return logger.getChild(name) if name else logger


def give_step_logger(own: logging.Handler, others: logging.Handler) -> None:
    """Send the records of `context.log` to `own`, of any level unless the user's code set one.

    `others`, if it hangs on root, does not get them.
    """
    global _given  # noqa: PLW0603 - a step has its process to itself
    ordinary = logging.getLogger(STEP_LOGGER)
    if ordinary.level == logging.NOTSET:
        ordinary.setLevel(logging.DEBUG)
    logger = StepLogger(STEP_LOGGER, ordinary, own, others)
    logger.setLevel(ordinary.level)
    # What masks secrets in records, for one, was set up when the user's modules were imported.
    logger.filters = list(ordinary.filters)
    _given = logger


def _logger_named(name: str) -> logging.Logger:
    suffix = name.removeprefix(STEP_LOGGER).removeprefix(".")
    return step_logger().getChild(suffix) if suffix else step_logger()
