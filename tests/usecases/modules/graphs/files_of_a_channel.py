"""Files of a channel are listed through a client that a resource makes, and stored in a table by another op."""

import os
import sqlite3
from pathlib import Path

from treadle import ConfigurableResource, Definitions, graph_asset, op


class ChatClient:
    def __init__(self, token: str) -> None:
        self.token = token

    def files_list(self, channel: str) -> list[dict[str, str]]:
        return [
            {"id": f"F{number}", "created": "2024", "title": title, "channel": channel}
            for number, title in enumerate(("plan", "notes"))
        ]


class ChatResource(ConfigurableResource):
    token: str

    def get_client(self) -> ChatClient:
        return ChatClient(self.token)


@op
def fetch_files(chat: ChatResource) -> list[tuple[str, ...]]:
    files = chat.get_client().files_list(channel="#random")
    return [(file["id"], file["created"], file["title"]) for file in files]


@op
def store_rows(rows: list[tuple[str, ...]]) -> int:
    place = Path(os.environ["TREADLE_TEST_SCRATCH"]) / "files_of_a_channel.db"
    with sqlite3.connect(place) as connection:
        connection.execute("create table if not exists files (id, created, title)")
        connection.executemany("insert into files values (?, ?, ?)", rows)
        found = connection.execute("select count(*) from files").fetchone()[0]
    connection.close()
    return found


@graph_asset
def channel_files_table():
    return store_rows(fetch_files())


defs = Definitions(
    assets=[channel_files_table], resources={"chat": ChatResource(token="of a test")}
)
