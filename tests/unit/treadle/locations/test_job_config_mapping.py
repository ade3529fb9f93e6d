"""A job of ops whose config a mapping makes: its runs are told that, and nothing of the ops."""

from __future__ import annotations

from typing import Any

import pytest

from treadle import (
    ArgumentError,
    Config,
    ConfigMapping,
    Definitions,
    PlanRefused,
    RunConfig,
    asset,
    config_mapping,
    define_asset_job,
    graph,
    job,
    op,
)


class Mail(Config):
    to: str
    copies: int = 1


class Simple(Config):
    who: str


@op
def send(config: Mail) -> str:
    return config.to * config.copies


@graph
def mailing():  # type: ignore[no-untyped-def]  # as users write it
    return send()


@config_mapping
def for_all(config: Simple) -> RunConfig:
    return RunConfig(ops={"send": Mail(to=config.who, copies=2)})


@job(config=for_all)
def reminders() -> None:
    send()


def test_a_run_tells_the_mapping_and_the_mapping_the_ops() -> None:
    for config in ({"who": "ann"}, {"ops": {"reminders": {"config": {"who": "ann"}}}}):
        assert reminders.execute_in_process(config).output_for_node("send") == "annann"
        whole = Definitions(jobs=[reminders]).get_job_def("reminders")
        assert whole.execute_in_process(config).output_for_node("send") == "annann"


def test_a_mapping_of_plain_data_gives_config_of_a_run() -> None:
    mapping = ConfigMapping(
        lambda told: {"ops": {"send": {"config": {"to": told["ops"]}}}}, config_schema={"ops": str}
    )

    made = mailing.to_job("mailing", config=mapping)

    assert made.execute_in_process({"ops": "bob"}).output_value() == "bob"


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (None, r"ops\.reminders\.config\.who: it must be given"),
        ({"wo": "ann"}, r"ops\.reminders\.config\.wo.*Did you mean 'who'"),
        ({"ops": {"send": {"config": {"to": "x"}}}}, "its ops are told by its own config"),
    ],
)
def test_what_is_not_for_the_mapping_is_refused(config: Any, says: str) -> None:
    with pytest.raises(PlanRefused, match=says):
        reminders.execute_in_process(config)


def test_what_a_mapping_cannot_be_is_refused() -> None:
    @graph(config=ConfigMapping(lambda told: {}, config_schema={"x": str}))
    def mapped() -> Any:
        return send()

    @asset
    def a() -> int:
        return 1

    with pytest.raises(ArgumentError, match="its graph 'mapped' has config of its own"):
        mapped.to_job(config=for_all)
    with pytest.raises(ArgumentError, match="only a job of ops takes"):
        define_asset_job("all", config=for_all)


def test_a_mapping_that_tells_resources_fails_the_step_that_reads_it() -> None:
    mapping = ConfigMapping(
        lambda told: {"ops": {"send": {"config": told}}, "resources": {"r": {"config": {}}}},
        config_schema={"to": str},
    )

    result = mailing.to_job(config=mapping).execute_in_process({"to": "x"}, raise_on_error=False)

    assert "returned config of resources" in result.failures["mailing.send"].message
