"""A class with settings makes the manager when a step has begun."""

from treadle import ConfigurableIOManagerFactory, Definitions, IOManager, asset


class Constant(IOManager):
    def __init__(self, value: int) -> None:
        self.value = value

    def handle_output(self, context, obj) -> None:
        context.add_output_metadata({"given": obj})

    def load_input(self, context) -> int:
        return self.value


class Constants(ConfigurableIOManagerFactory[IOManager]):
    value: int

    def create_io_manager(self, context) -> Constant:
        return Constant(self.value)


@asset(io_manager_key="constants")
def replaced() -> int:
    return 1


@asset
def replacement(replaced: int) -> int:
    return replaced


defs = Definitions(assets=[replaced, replacement], resources={"constants": Constants(value=9)})
