"""What a class says of its values is checked before anything starts."""

from enum import Enum

from pydantic import Field as Described
from pydantic import field_validator

from treadle import Config, asset


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


class Order(Config):
    size: Size
    pieces: int = Described(gt=0, le=100)
    code: str

    @field_validator("code")
    @classmethod
    def begins_with_a_letter(cls, code: str) -> str:
        if not code[:1].isalpha():
            raise ValueError("begin the code with a letter")
        return code


@asset
def placed_order(config: Order) -> str:
    return f"{config.pieces} {config.size.name} {config.code}"
