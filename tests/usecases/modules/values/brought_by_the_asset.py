"""An asset brings its manager along."""

from treadle import IOManager, asset


class Shouting(IOManager):
    def handle_output(self, context, obj) -> None:
        context.add_output_metadata({"said": obj.upper()})

    def load_input(self, context) -> str:
        return "HELLO"


@asset(io_manager_def=Shouting())
def whisper() -> str:
    return "hello"


@asset
def shout(whisper: str) -> str:
    return whisper + "!"
