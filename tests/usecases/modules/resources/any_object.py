"""Any object is a resource as it stands, taken by a parameter that says so."""

from treadle import Definitions, ResourceParam, asset


class Clock:
    """Somebody else's class, which knows nothing of resources."""

    def __init__(self, hour: int) -> None:
        self.hour = hour

    def read(self) -> str:
        return f"{self.hour:02} o'clock"


@asset
def clock_text(wall_clock: ResourceParam[Clock]) -> str:
    return wall_clock.read()


defs = Definitions(assets=[clock_text], resources={"wall_clock": Clock(7)})
