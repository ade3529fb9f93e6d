"""The IO managers that come with Treadle: files, memory, and the base of those that write to paths."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

import treadle
from treadle import (
    ArgumentError,
    AssetSpec,
    Definitions,
    FilesystemIOManager,
    In,
    InMemoryIOManager,
    Out,
    UPathIOManager,
    asset,
    build_input_context,
    build_output_context,
    custom_path_fs_io_manager,
    fs_io_manager,
    graph_asset,
    mem_io_manager,
    op,
)
from treadle.locations.location import build_location
from treadle.managers._memory import NotInMemoryError
from treadle.managers._upath import StoredFileMissingError
from treadle.steps import _own_process


@op
def one():
    return 1


@op
def more(x):
    return x + 1


@graph_asset
def two():
    return more(one())


@asset(key_prefix="p", io_manager_key="other")
def three(two):
    return two + 1


@asset(ins={"x": treadle.AssetIn(["p", "three"])})
def last(x):
    return x + 1


def managers(folder: Path) -> dict[str, Any]:
    return {
        "own": FilesystemIOManager(),
        "own, older": fs_io_manager,
        "files": FilesystemIOManager(base_dir=str(folder)),
        "files, older": fs_io_manager.configured({"base_dir": str(folder)}),
        "memory": InMemoryIOManager(),
        "memory, older": mem_io_manager,
    }


NAMES = list(managers(Path()))


@pytest.mark.parametrize("default", NAMES)
@pytest.mark.parametrize("other", NAMES[:5:2])
def test_each_manager_stores_and_loads_beside_any_other(
    tmp_path: Path, default: str, other: str
) -> None:
    given = managers(tmp_path)

    result = treadle.materialize(
        [two, three, last], resources={"io_manager": given[default], "other": given[other]}
    )

    assert [result.asset_value(key) for key in ("two", "p/three", "last")] == [2, 3, 4]
    assert result.output_for_node("two.one") == 1


@pytest.mark.parametrize("name", NAMES)
def test_an_asset_may_bring_its_manager(tmp_path: Path, name: str) -> None:
    @asset(io_manager_def=managers(tmp_path)[name])
    def made():
        return 1

    @asset
    def reader(made):
        return made + 1

    assert treadle.materialize([made, reader]).asset_value("reader") == 2


def test_every_form_of_authoring_says_which_manager_stores() -> None:
    @op(out=Out(io_manager_key="kept"))
    def start():
        return 1

    @treadle.multi_asset(
        outs={"x": treadle.AssetOut(io_manager_key="kept"), "y": treadle.AssetOut()}
    )
    def both():
        return 1, 2

    @treadle.graph_multi_asset(
        outs={"p": treadle.AssetOut(io_manager_key="kept"), "q": treadle.AssetOut()}
    )
    def two_of_a_graph():
        begun = start()
        return {"p": more(begun), "q": begun}

    @treadle.graph
    def whole():
        return more(start())

    kept = InMemoryIOManager()
    blocks = [
        both,
        two_of_a_graph,
        treadle.AssetsDefinition.from_graph(whole),
        treadle.AssetsDefinition.from_op(start),
    ]
    result = treadle.materialize(blocks, resources={"kept": kept})

    assert kept.values == {
        ("x",): 1,
        ("p",): 2,
        ("q",): 1,
        (result.run_id, "whole.start", "result"): 1,
        ("start",): 1,
    }


def test_what_people_are_shown_is_the_name_that_they_wrote() -> None:
    shown = [each.shown_type for each in (fs_io_manager, custom_path_fs_io_manager, mem_io_manager)]

    assert shown == ["fs_io_manager", "custom_path_fs_io_manager", "mem_io_manager"]


def test_files_lie_where_the_fields_own_manager_has_them(tmp_path: Path) -> None:
    resources = {"io_manager": FilesystemIOManager(base_dir=str(tmp_path))}
    result = treadle.materialize([two], resources=resources)

    assert pickle.loads((tmp_path / "two").read_bytes()) == 2
    assert pickle.loads((tmp_path / result.run_id / "two.one" / "result").read_bytes()) == 1
    (made,) = result.get_asset_materialization_events()
    assert {each.name: each.value for each in made.payload.metadata} == {
        "path": str(tmp_path / "two")
    }

    # What another program wrote there is read.
    (tmp_path / "two").write_bytes(pickle.dumps(40))
    again = treadle.materialize(
        [two, three], selection="p/three", resources={**resources, "other": FilesystemIOManager()}
    )
    assert again.asset_value("p/three") == 41


def test_without_a_folder_the_manager_is_treadles_own() -> None:
    location = build_location(
        [("t", Definitions(assets=[two, three], resources={"other": FilesystemIOManager()}))]
    )

    assert all(each.manager_builtin for each in location.snapshot.assets)
    told = Definitions(
        assets=[two, three], resources={"other": FilesystemIOManager.configure_at_launch()}
    )
    assert [each.manager_builtin for each in build_location([("t", told)]).snapshot.assets] == [
        False,
        True,
    ]


def test_an_asset_that_treadle_has_not_stored_is_refused_by_its_own_manager() -> None:
    @asset
    def reader(outside):
        return outside

    definitions = [reader, AssetSpec("outside")]

    with pytest.raises(treadle.PlanRefused, match="outside"):
        treadle.materialize(definitions, resources={"io_manager": FilesystemIOManager()})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    resources = {"io_manager": FilesystemIOManager(base_dir=str(tmp_path)), "other": mem_io_manager}

    with pytest.raises(
        StoredFileMissingError, match=rf"no file of two: {tmp_path}/two does not exist"
    ):
        treadle.materialize([two, three], selection="p/three", resources=resources)


def test_what_has_no_pickle_leaves_what_was_there(tmp_path: Path) -> None:
    manager = treadle.PickledObjectFilesystemIOManager(tmp_path)
    context = build_output_context(asset_key="a")
    manager.handle_output(context, 1)

    with pytest.raises(treadle.TreadleError, match="pickle"):
        manager.handle_output(context, lambda: 2)

    assert [each.name for each in tmp_path.iterdir()] == ["a"]
    assert manager.load_input(build_input_context(upstream_output=context)) == 1
    assert manager.has_output(context)


def test_an_output_says_where_its_own_file_lies(tmp_path: Path) -> None:
    @op(out=Out(metadata={"path": "deep/one.pickle"}))
    def placed():
        return 5

    @graph_asset
    def made():
        return more(placed())

    manager = custom_path_fs_io_manager.configured({"base_dir": str(tmp_path)})
    with pytest.raises(ValueError, match="no metadata 'path'"):
        treadle.materialize([made], resources={"io_manager": manager})

    assert pickle.loads((tmp_path / "deep" / "one.pickle").read_bytes()) == 5


def test_memory_refuses_where_it_would_lose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_own_process._Here, "is_of_a_task", True)

    with pytest.raises(NotInMemoryError, match=r"ends with its task.*FilesystemIOManager"):
        treadle.materialize([two], resources={"io_manager": mem_io_manager})


def test_memory_of_a_run_is_not_that_of_the_next() -> None:
    resources = {"io_manager": mem_io_manager, "other": FilesystemIOManager()}
    treadle.materialize([two], resources=resources)

    with pytest.raises(NotInMemoryError, match="has no value of two"):
        treadle.materialize([two, three], selection="p/three", resources=resources)


class Texts(UPathIOManager):
    extension = ".txt"

    def dump_to_path(self, context, obj, path):
        with path.open("a") as file:
            file.write(obj)

    def load_from_path(self, context, path):
        return path.read_text()

    def get_metadata(self, context, obj):
        return {"length": len(obj)}


class WholeTexts(Texts):
    atomic = True


def test_a_manager_of_paths_says_how_alone(tmp_path: Path) -> None:
    context = build_output_context(asset_key="a/sales.daily")
    manager = Texts(base_path=tmp_path)
    manager.handle_output(context, "one")
    manager.handle_output(context, "two")

    assert (tmp_path / "a" / "sales.daily.txt").read_text() == "onetwo"
    assert {each.name: each.value for each in context.added_entries} == {
        "path": str(tmp_path / "a" / "sales.daily.txt"),
        "length": 3,
    }
    assert manager.load_input(build_input_context(upstream_output=context)) == "onetwo"


def test_an_atomic_one_never_shows_half_of_a_value(tmp_path: Path) -> None:
    seen = []

    class Slow(WholeTexts):
        def dump_to_path(self, context, obj, path):
            super().dump_to_path(context, obj, path)
            final = tmp_path / "a.txt"
            seen.append((path != final, path.name, final.read_text() if final.exists() else None))
            if obj == "bad":
                raise OSError("disk full")

    context = build_output_context(asset_key="a")
    Slow(tmp_path).handle_output(context, "one")
    Slow(tmp_path).handle_output(context, "two")
    with pytest.raises(OSError, match="disk full"):
        Slow(tmp_path).handle_output(context, "bad")

    assert seen == [(True, "a.txt", None), (True, "a.txt", "one"), (True, "a.txt", "two")]
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def test_an_atomic_one_may_write_a_folder(tmp_path: Path) -> None:
    class Parts(WholeTexts):
        extension = None

        def dump_to_path(self, context, obj, path):
            path.mkdir()
            (path / obj).write_text(obj)

    for part in ("first", "second"):
        Parts(tmp_path).handle_output(build_output_context(asset_key="a"), part)

    assert [str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*")] == ["a", "a/second"]


def test_paths_that_cannot_be_are_refused(tmp_path: Path) -> None:
    class NoDot(Texts):
        extension = "txt"

    class Escaping(Texts):
        def get_asset_relative_path(self, context):
            return Path("..") / "a"

    with pytest.raises(ArgumentError, match=r"Begin it with a dot"):
        NoDot(tmp_path)
    with pytest.raises(ArgumentError, match="universal-pathlib"):
        Texts("nosuch://bucket/a")
    with pytest.raises(ArgumentError, match="base_path is 5"):
        Texts(5)
    with pytest.raises(ValueError, match="leaves the base path"):
        Escaping(tmp_path).handle_output(build_output_context(asset_key="a"), "x")
    with pytest.raises(StoredFileMissingError, match="no file of a"):
        Texts(tmp_path).load_input(build_input_context(asset_key="a"))


def test_an_input_may_name_treadles_own_manager() -> None:
    @op(ins={"x": In(input_manager_key="other")})
    def read(x):
        return x

    @graph_asset
    def made(two):
        return read(two)

    result = treadle.materialize([two, made], resources={"other": FilesystemIOManager()})

    assert result.asset_value("made") == 2
