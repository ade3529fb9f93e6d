"""A job whose ops send what they read, beside an asset that is made on its own."""

from treadle import Config, Definitions, In, Nothing, Out, asset, graph, job, op


class Mail(Config):
    to: str = "all"


@op
def open_orders() -> list[int]:
    return [3, 5]


@op
def send(context, config: Mail, orders: list[int]) -> str:
    context.log.warning(f"{len(orders)} to {config.to}")
    return config.to


@op(out=Out(Nothing))
def lock() -> None:
    return None


@op(ins={"after": In(Nothing)})
def unlock(context) -> None:
    context.log.warning("unlocked")


@graph
def mailing():
    return send(open_orders())


@job(
    tags={"team": "sales"},
    config={"ops": {"mailing": {"ops": {"send": {"config": {"to": "ann"}}}}}},
)
def reminders():
    unlock(lock())
    mailing()


@asset
def order_count() -> int:
    return 2


defs = Definitions(
    assets=[order_count],
    jobs=[reminders, mailing.to_job(name="mail_again", description="Once more.")],
)
