"""Resources of each kind; what became of them is written to the file that the environment names."""

import os
from pathlib import Path

from pydantic import PrivateAttr, SecretStr

import treadle


def note(words: str) -> None:
    with (Path(os.environ["TREADLE_TEST_SCRATCH"]) / "notes").open("a") as file:
        file.write(f"{os.getpid()} {words}\n")


class Database(treadle.ConfigurableResource):
    url: str
    password: SecretStr = SecretStr("")
    breaks: bool = False
    _connection: str = PrivateAttr(default="")

    def setup_for_execution(self, context: treadle.InitResourceContext) -> None:
        note(f"{self.url} opened for {context.run_id[:2]}")
        self._connection = f"{self.url}#{len(self.password.get_secret_value())}"

    def teardown_after_execution(self, context: treadle.InitResourceContext) -> None:
        note(f"{self.url} closed")
        if self.breaks:
            raise RuntimeError("the line is dead")

    def ask(self) -> str:
        return self._connection


class Service(treadle.ConfigurableResource):
    database: Database
    name: str = "service"

    def ask(self) -> str:
        return f"{self.name} of {self.database.ask()}"


class Token:
    def __init__(self, text: str) -> None:
        self.text = text


class Tokens(treadle.ConfigurableResourceFactory[Token]):
    prefix: str

    def create_resource(self, context: treadle.InitResourceContext) -> Token:
        return Token(f"{self.prefix}-token")


@treadle.resource(config_schema={"n": int}, required_resource_keys={"plain"})
def counter(context):
    note("counter opened")
    yield context.resource_config["n"] + context.resources.plain
    note("counter closed")


@treadle.resource
def circle(context):
    return context.resources.circle


class Files(treadle.ConfigurableIOManager):
    folder: str

    def handle_output(self, context: treadle.OutputContext, obj: object) -> None:
        path = Path(os.environ["TREADLE_TEST_SCRATCH"]) / self.folder
        path.mkdir(exist_ok=True)
        (path / context.asset_key.path[-1]).write_text(str(obj))

    def load_input(self, context: treadle.InputContext) -> str:
        path = Path(os.environ["TREADLE_TEST_SCRATCH"]) / self.folder
        return (path / context.asset_key.path[-1]).read_text()


@treadle.asset
def asks(database: Database) -> str:
    return database.ask()


@treadle.asset
def asks_service(service: Service) -> str:
    return service.ask()


@treadle.asset
def takes_token(token: treadle.ResourceParam[Token]) -> str:
    return token.text


@treadle.asset(required_resource_keys={"counter"})
def counts(context) -> int:
    return context.resources.counter


@treadle.asset(io_manager_def=Files(folder="own"))
def in_a_file() -> str:
    return "text"


@treadle.asset
def reads_the_file(in_a_file: str) -> str:
    return in_a_file.upper()


@treadle.asset
def asks_later(later: Database) -> str:
    return later.ask()


@treadle.asset
def fails_to_close(broken: Database) -> str:
    return broken.ask()


@treadle.asset(required_resource_keys={"circle"})
def goes_round(context) -> str:
    return context.resources.circle


@treadle.asset(
    required_resource_keys={"brought"}, resource_defs={"brought": Token("brought along")}
)
def brings_its_own(context) -> str:
    return context.resources.brought.text


database = Database(url="main", password=treadle.EnvVar("TREADLE_TEST_PASSWORD"))

defs = treadle.Definitions(
    assets=[
        asks, asks_service, takes_token, counts, in_a_file, reads_the_file, asks_later, fails_to_close,
        goes_round, brings_its_own,
    ],
    resources={
        "database": database,
        "service": Service(database=database),
        "token": Tokens(prefix="a"),
        "plain": 10,
        "counter": counter.configured({"n": 5}),
        "circle": circle,
        "later": Database.configure_at_launch(password=SecretStr("never shown")),
        "broken": Database(url="broken", breaks=True),
    },
)  # fmt: skip
