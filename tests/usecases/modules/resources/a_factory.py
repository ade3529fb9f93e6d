"""A class with settings makes an object of another class."""

from treadle import ConfigurableResourceFactory, Definitions, ResourceParam, asset


class Counter:
    def __init__(self, start: int) -> None:
        self.value = start

    def next(self) -> int:
        self.value += 1
        return self.value


class Counters(ConfigurableResourceFactory[Counter]):
    start: int

    def create_resource(self, context) -> Counter:
        return Counter(self.start)


@asset
def next_number(numbering: ResourceParam[Counter]) -> int:
    numbering.next()
    return numbering.next()


defs = Definitions(assets=[next_number], resources={"numbering": Counters(start=40)})
