"""A resource is what a with block yields, for the length of a step."""

import os
from contextlib import contextmanager
from pathlib import Path

from pydantic import PrivateAttr

from treadle import ConfigurableResource, Definitions, asset


class Session(ConfigurableResource):
    name: str
    _open: bool = PrivateAttr(default=False)

    @contextmanager
    def yield_for_execution(self, context):
        self._open = True
        try:
            yield self
        finally:
            self._open = False
            (Path(os.environ["TREADLE_TEST_SCRATCH"]) / "a_context_manager.txt").write_text(
                "closed"
            )

    def ask(self) -> str:
        return f"{self.name} {'open' if self._open else 'closed'}"


@asset
def session_state(chat_session: Session) -> str:
    return chat_session.ask()


defs = Definitions(assets=[session_state], resources={"chat_session": Session(name="s1")})
