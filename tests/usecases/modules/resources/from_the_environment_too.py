"""A setting of a resource is a variable of the environment, read where the step runs."""

from treadle import ConfigurableResource, Definitions, EnvVar, asset


class Door(ConfigurableResource):
    code: str
    floor: int = 0


@asset
def door_text(door: Door) -> str:
    return f"{len(door.code)} digits on floor {door.floor}"


defs = Definitions(
    assets=[door_text],
    resources={
        "door": Door(code=EnvVar("TREADLE_TEST_DOOR"), floor=EnvVar.int("TREADLE_TEST_FLOOR"))
    },
)
