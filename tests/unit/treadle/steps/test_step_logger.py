"""context.log in the process of a step: whatever is done to logging, its records come."""

from __future__ import annotations

import copy
import logging
import logging.config
import pickle
from collections.abc import Callable, Iterator

import pytest

from treadle import build_op_context, get_dagster_logger
from treadle.steps import _step_logger
from treadle.steps._step_logger import STEP_LOGGER, StepLogger, give_step_logger, step_logger


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(f"{record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def logging_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(_step_logger, "_given", None)
    root = logging.getLogger()
    loggers = (root, logging.getLogger("treadle"), logging.getLogger(STEP_LOGGER))
    handlers, levels = list(root.handlers), [logger.level for logger in loggers]
    yield
    root.handlers[:] = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    logging.disable(logging.NOTSET)
    for logger in logging.Logger.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.disabled = False


@pytest.fixture
def own() -> Kept:
    own, others = Kept(), Kept()
    logging.getLogger().addHandler(others)
    give_step_logger(own, others)
    return own


def _clear_root() -> None:
    logging.getLogger().handlers.clear()


def _configure() -> None:
    logging.config.dictConfig(
        {"version": 1, "handlers": {}, "root": {"level": "ERROR", "handlers": []}}
    )


def _configure_the_parent() -> None:
    logging.config.dictConfig({"version": 1, "loggers": {"treadle": {"level": "ERROR"}}})


@pytest.mark.parametrize(
    "change",
    [
        _clear_root,
        _configure,
        _configure_the_parent,
        lambda: logging.basicConfig(force=True, level=logging.ERROR),
        lambda: logging.disable(logging.CRITICAL),
        logging.shutdown,
    ],
)
def test_records_come_whatever_is_done_to_logging(own: Kept, change: Callable[[], None]) -> None:
    log = build_op_context().log
    log.debug("before")

    change()
    log.debug("after")
    log.getChild("part").debug("of a part")

    assert own.said == [
        "treadle.step: before",
        "treadle.step: after",
        "treadle.step.part: of a part",
    ]


def test_handlers_of_the_users_get_them_too_but_when_logging_is_disabled(own: Kept) -> None:
    on_root, on_name, on_log = Kept(), Kept(), Kept()
    logging.getLogger().addHandler(on_root)
    logging.getLogger(STEP_LOGGER).addHandler(on_name)
    step_logger().addHandler(on_log)

    step_logger().info("one")
    logging.disable(logging.CRITICAL)
    step_logger().info("two")

    logging.getLogger(STEP_LOGGER).removeHandler(on_name)
    assert [each.said for each in (on_root, on_name, on_log)] == [["treadle.step: one"]] * 3
    assert len(own.said) == 2


def test_those_of_other_loggers_come_by_root_and_those_of_the_step_once() -> None:
    own, others = Kept(), Kept()
    logging.getLogger().addHandler(others)
    give_step_logger(own, others)

    step_logger().warning("ours")
    logging.getLogger("library").warning("theirs")

    assert own.said == ["treadle.step: ours"]
    assert others.said == ["library: theirs"]


def test_a_level_that_the_code_set_stays(own: Kept) -> None:
    step_logger().setLevel(logging.ERROR)
    step_logger().warning("small")

    logging.getLogger(STEP_LOGGER).setLevel(logging.WARNING)
    give_step_logger(own, own)
    step_logger().info("small")
    step_logger().warning("grave")

    assert own.said == ["treadle.step: grave"]


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))]
)
def test_a_copy_is_the_logger_itself(
    own: Kept, again: Callable[[logging.Logger], logging.Logger]
) -> None:
    child = step_logger().getChild("a.b")

    assert again(step_logger()) is step_logger()
    assert again(child) is child
    assert child is step_logger().getChild("a").getChild("b")


def test_what_a_step_process_pickled_is_an_ordinary_logger_elsewhere(
    own: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    pickled = pickle.dumps((step_logger(), step_logger().getChild("a")))
    monkeypatch.setattr(_step_logger, "_given", None)

    assert pickle.loads(pickled) == (
        logging.getLogger("treadle.step"),
        logging.getLogger("treadle.step.a"),
    )


def test_without_a_step_process_it_is_an_ordinary_logger() -> None:
    assert build_op_context().log is logging.getLogger(STEP_LOGGER)
    assert not isinstance(build_op_context().log, StepLogger)


def test_code_without_a_context_has_the_same_logger(own: Kept) -> None:
    get_dagster_logger().debug("first")
    get_dagster_logger("shop.orders").debug("second")

    assert own.said == ["treadle.step: first", "treadle.step.shop.orders: second"]


def test_a_logger_that_a_module_made_before_the_step_is_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_step_logger, "_given", None)

    assert get_dagster_logger() is logging.getLogger(STEP_LOGGER)
    assert get_dagster_logger("shop") is logging.getLogger("treadle.step.shop")
