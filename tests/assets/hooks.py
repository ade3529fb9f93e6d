"""Hooks of every kind: what they were told is in a file of the test's, with the process that ran them."""

import os
from pathlib import Path

from treadle import (
    Definitions,
    RetryPolicy,
    asset,
    define_asset_job,
    failure_hook,
    graph_asset,
    op,
    resource,
    success_hook,
)

SCRATCH = Path(os.environ["TREADLE_TEST_SCRATCH"])


def note(*words):
    with (SCRATCH / "notes").open("a") as notes:
        print(*words, file=notes)


@resource(config_schema={"channel": str})
def messages(context):
    return context.resource_config["channel"]


@success_hook(required_resource_keys={"messages"})
def succeeded(context):
    note(context.resources.messages, context.step_key, dict(context.op_output_values))


@failure_hook
def failed(context):
    note(context.job_name, context.step_key, repr(context.op_exception), context.retry_number)


@success_hook
def breaks(context):
    raise KeyError("nobody listens")


@success_hook
def leaves(context):
    os._exit(7)


@op
def first(context):
    (SCRATCH / "pid").write_text(str(os.getpid()))
    return 1


@op(retry_policy=RetryPolicy(max_retries=1))
def second(context, x):
    if context.retry_number == 0:
        raise ValueError("once")
    return x + 1


@graph_asset(hooks={succeeded, failed})
def table():
    return second(first.with_hooks({breaks})())


@asset(retry_policy=RetryPolicy(max_retries=1))
def never():
    raise ValueError("no")


@asset
def plain():
    return 1


@asset(hooks={leaves})
def left():
    return 1


defs = Definitions(
    assets=[table, never, plain, left],
    jobs=[
        define_asset_job("watched", "table or never", hooks={succeeded, failed}),
        define_asset_job("plain_watched", "plain", hooks={succeeded}),
    ],
    resources={"messages": messages.configured({"channel": "main"})},
)
