"""A function makes the manager, with config and resources."""

from treadle import Definitions, IOManager, asset, io_manager


class Doubling(IOManager):
    def __init__(self, by: int) -> None:
        self.by = by

    def handle_output(self, context, obj) -> None:
        context.add_output_metadata({"stored": obj * self.by})

    def load_input(self, context) -> int:
        return 21 * self.by


@io_manager(config_schema={"by": int})
def doubling(context):
    return Doubling(context.resource_config["by"])


@asset(io_manager_key="doubling")
def half_answer() -> int:
    return 21


@asset
def whole_answer(half_answer: int) -> int:
    return half_answer


defs = Definitions(
    assets=[half_answer, whole_answer], resources={"doubling": doubling.configured({"by": 2})}
)
