from treadle import (
    ConfigurableIOManager,
    InMemoryIOManager,
    InputContext,
    IOManager,
    OutputContext,
    asset,
    build_input_context,
    build_output_context,
    io_manager,
    materialize,
    mem_io_manager,
)

kept = {}


class Dictionary(IOManager):
    def handle_output(self, context: OutputContext, obj):
        kept[context.asset_key.to_user_string()] = obj

    def load_input(self, context: InputContext):
        return kept[context.asset_key.to_user_string()]


class Named(ConfigurableIOManager):
    prefix: str = "p"

    def handle_output(self, context: OutputContext, obj):
        kept[f"{self.prefix}/{context.asset_key.to_user_string()}"] = obj

    def load_input(self, context: InputContext):
        return kept[f"{self.prefix}/{context.asset_key.to_user_string()}"]


@io_manager
def dictionary():
    return Dictionary()


@asset(io_manager_key="dictionary")
def orders():
    return [40, 25, 10]


@asset(io_manager_key="named")
def total(orders):
    return sum(orders)


assert materialize([orders, total], resources={"dictionary": dictionary, "named": Named()}).success
assert kept == {"orders": [40, 25, 10], "p/total": 75}

Dictionary().handle_output(build_output_context(asset_key="a"), 1)
assert Dictionary().load_input(build_input_context(asset_key="a")) == 1
assert materialize(
    [orders, total], resources={"dictionary": InMemoryIOManager(), "named": mem_io_manager}
).success

# Managers of files, and managers that only load.
import tempfile  # noqa: E402

from treadle import (  # noqa: E402
    AssetIn,
    FilesystemIOManager,
    InputManager,
    InputManagerDefinition,
    IOManagerDefinition,
    fs_io_manager,
    input_manager,
)


@input_manager
def constant(context):
    return 7


@asset(ins={"orders": AssetIn(input_manager_key="constant")})
def seven(orders):
    return orders


assert isinstance(constant, InputManagerDefinition)
assert isinstance(dictionary, IOManagerDefinition)
assert isinstance(fs_io_manager, IOManagerDefinition)
assert issubclass(IOManager, InputManager)
with tempfile.TemporaryDirectory() as folder:
    resources = {
        "io_manager": FilesystemIOManager(base_dir=folder),
        "constant": constant,
        "dictionary": dictionary,
    }
    assert materialize([orders, seven], resources=resources).asset_value("seven") == 7

from treadle import PickledObjectFilesystemIOManager, custom_path_fs_io_manager  # noqa: E402

with tempfile.TemporaryDirectory() as folder:
    resources = {
        "dictionary": PickledObjectFilesystemIOManager(base_dir=folder),
        "named": mem_io_manager,
    }
    assert materialize([orders, total], resources=resources).asset_value("total") == 75
assert isinstance(custom_path_fs_io_manager, IOManagerDefinition)

# A manager that another object stores with, tables, and a manager that only says how a path is written.
import json  # noqa: E402

import pyarrow as pa  # noqa: E402

from treadle import (  # noqa: E402
    ArrowIOManager,
    ConfigurableIOManagerFactory,
    ParquetIOManager,
    UPathIOManager,
)


class Json(UPathIOManager):
    extension = ".json"
    atomic = True

    def dump_to_path(self, context: OutputContext, obj, path):
        path.write_text(json.dumps(obj))

    def load_from_path(self, context: InputContext, path):
        return json.loads(path.read_text())


class InJson(ConfigurableIOManagerFactory[Json]):
    folder: str

    def create_io_manager(self, context):
        return Json(self.folder)


@asset(io_manager_key="tables")
def table() -> pa.Table:
    return pa.table({"amount": [40, 25, 10]})


@asset
def rows(table: pa.Table):
    return table.num_rows


with tempfile.TemporaryDirectory() as folder:
    for tables in (ParquetIOManager(base_dir=folder), ArrowIOManager(base_dir=folder)):
        resources = {"tables": tables, "io_manager": InJson(folder=folder)}
        assert materialize([table, rows], resources=resources).asset_value("rows") == 3
