"""What modules have at their top level, as a list."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

import treadle
from treadle import (
    AssetCheckResult,
    AssetExecutionContext,
    AssetKey,
    AssetSpec,
    Definitions,
    MissingError,
    ResourceParam,
    SourceAsset,
    asset,
    asset_check,
    define_asset_job,
    graph_asset,
    job,
    load_assets_from_modules,
    load_assets_from_package_module,
    load_assets_from_package_name,
    load_definitions_from_current_module,
    load_definitions_from_module,
    load_definitions_from_modules,
    load_definitions_from_package_module,
    load_definitions_from_package_name,
    op,
)


@asset
def one() -> int:
    return 1


@asset(group_name="kept")
def two(one: int) -> int:
    return one


@op
def work():
    return 1


@graph_asset
def three():
    return work()


def module(**values: object) -> ModuleType:
    made = ModuleType("made")
    vars(made).update(values)
    return made


def test_each_asset_comes_once_from_lists_too() -> None:
    found = load_assets_from_modules(
        [module(one=one, again=one, many=[two, three], number=5), module(one=one)]
    )

    assert found == [one, two, three]


def test_specs_come_when_they_are_asked_for() -> None:
    spec = AssetSpec("outside")

    assert load_assets_from_modules([module(one=one, spec=spec)]) == [one]
    assert load_assets_from_modules([module(one=one, spec=spec)], include_specs=True) == [one, spec]


def test_a_group_is_for_those_that_have_none() -> None:
    spec = AssetSpec("outside")
    found = load_assets_from_modules(
        [module(one=one, two=two, three=three, spec=spec)], "g", include_specs=True
    )

    groups = {each.key: each.group for each in Definitions(assets=found).built.snapshot.assets}
    assert groups == {"one": "g", "two": "kept", "three": "g", "outside": "g"}


def test_a_backfill_policy_is_for_those_with_partitions_that_have_none() -> None:
    days = treadle.DailyPartitionsDefinition("2024-01-01")
    module = ModuleType("daily")

    @treadle.asset(partitions_def=days)
    def silent() -> int:
        return 1

    @treadle.asset(partitions_def=days, backfill_policy=treadle.BackfillPolicy(7))
    def said() -> int:
        return 1

    @treadle.asset
    def whole() -> int:
        return 1

    vars(module).update(silent=silent, said=said, whole=whole)

    found = treadle.load_assets_from_modules(
        [module], backfill_policy=treadle.BackfillPolicy.single_run()
    )

    policies = {
        each.key.text: each.backfill_policy
        for each in found
        if isinstance(each, treadle.AssetsDefinition)
    }
    assert policies == {
        "silent": treadle.BackfillPolicy(None),
        "said": treadle.BackfillPolicy(7),
        "whole": None,
    }


def test_a_package_is_loaded_with_all_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "treadle_test_package"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "inner" / "__init__.py").write_text("")
    (package / "inner" / "deep.py").write_text("import treadle\n@treadle.asset\ndef deep(): ...\n")
    (package / "flat.py").write_text(
        "import treadle\n@treadle.asset\ndef flat(): ...\n"
        "found = treadle.load_assets_from_current_module()\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))

    found = load_assets_from_package_name("treadle_test_package")

    made = sys.modules["treadle_test_package"]
    assert [sorted(key.text for key in each.keys) for each in found] == [["flat"], ["deep"]]
    assert load_assets_from_package_module(made) == found
    assert list(load_definitions_from_package_module(made).contents.blocks) == found
    assert list(load_definitions_from_package_name(made.__name__).contents.blocks) == found
    assert sys.modules["treadle_test_package.flat"].found == [found[0]]
    for name in [each for each in sys.modules if each.startswith("treadle_test_package")]:
        monkeypatch.delitem(sys.modules, name)


def test_definitions_of_modules_have_all_that_they_define() -> None:
    @asset_check(asset=one)
    def positive(one: int) -> AssetCheckResult:
        return AssetCheckResult(passed=one > 0)

    @job
    def works() -> None:
        work()

    made = module(
        one=one, two=two, spec=AssetSpec("outside"), checks=[positive], works=works, number=5
    )
    ones = define_asset_job("ones", "one")

    defs = load_definitions_from_modules([made, module(one=one, ones=ones)], resources={"r": 1})

    assert {spec.key.text for spec in defs.resolve_all_asset_specs()} >= {"one", "two", "outside"}
    assert set(defs.contents.jobs) == {works, ones}
    assert dict(defs.contents.resources) == {"r": 1}
    assert defs.get_job_def("works").execute_in_process().output_for_node("work") == 1
    checked = defs.get_job_def("ones").execute_in_process().get_asset_check_evaluations()
    assert [each.check_name for each in checked] == ["positive"]
    assert set(load_definitions_from_module(made).contents.jobs) == {works}


@asset
def needs(context: AssetExecutionContext, shop: ResourceParam[str]) -> str:
    return shop


def test_definitions_of_modules_are_held_to_what_definitions_are() -> None:
    with pytest.raises(MissingError, match="'shop', which Definitions does not have") as error:
        load_definitions_from_module(module(needs=needs))
    with pytest.raises(treadle.ArgumentError, match="'made' is no module"):
        load_definitions_from_modules(["made"])  # type: ignore[list-item]
    with pytest.raises(treadle.ArgumentError, match="executor is 1, and no executor"):
        load_definitions_from_module(module(), executor=1)

    assert __file__ in str(error.value)


def test_definitions_of_the_module_that_calls() -> None:
    defs = load_definitions_from_current_module({"shop": "corner"})

    assert {one, two, three, needs} <= set(defs.contents.blocks)


def test_what_is_no_module_is_refused() -> None:
    with pytest.raises(treadle.ArgumentError, match="'made' is no module"):
        load_assets_from_modules(["made"])  # type: ignore[list-item]
    with pytest.raises(treadle.ArgumentError, match="backfill_policy"):
        load_assets_from_modules([], backfill_policy=1)


def test_keys_are_given_prefixes_and_those_who_read_them_follow() -> None:
    module = ModuleType("prefixed")

    @asset
    def made(raw):
        raise NotImplementedError

    @asset(deps=["made"])
    def reads(made, elsewhere):
        raise NotImplementedError

    vars(module).update(made=made, reads=reads, raw=SourceAsset("raw"), spec=AssetSpec("said"))

    loaded = load_assets_from_modules([module], key_prefix="p", source_key_prefix=["s", "t"])

    assert [str(each.key) for each in loaded] == ["p/made", "p/reads", "s/t/raw"]
    found = {each.key: each.asset_deps[each.key] for each in loaded[:2]}
    assert found == {
        AssetKey("p/made"): {AssetKey("s/t/raw")},
        AssetKey("p/reads"): {AssetKey("p/made"), AssetKey("elsewhere")},
    }


def test_a_prefix_stands_before_all_keys_and_where_they_read_one_another() -> None:
    @treadle.asset
    def first() -> int:
        return 1

    @treadle.asset
    def second(first: int) -> int:
        return first + 1

    made = ModuleType("made")
    made.__dict__.update(first=first, second=second)

    loaded = load_assets_from_modules([made], key_prefix=["p", "q"])

    assert treadle.materialize(loaded).asset_value("p/q/second") == 2


def test_those_of_a_package_get_a_backfill_policy_too(monkeypatch: pytest.MonkeyPatch) -> None:
    days = treadle.DailyPartitionsDefinition("2024-01-01")
    package = ModuleType("daily")
    package.__path__ = []

    @treadle.asset(partitions_def=days)
    def silent() -> int:
        return 1

    vars(package)["silent"] = silent
    monkeypatch.setitem(sys.modules, "daily", package)
    policy = treadle.BackfillPolicy.single_run()

    for found in (
        treadle.load_assets_from_package_module(package, backfill_policy=policy),
        treadle.load_assets_from_package_name("daily", backfill_policy=policy),
    ):
        (one,) = found
        assert isinstance(one, treadle.AssetsDefinition)
        assert one.backfill_policy == policy


def test_what_siblings_do_not_take_says_what_to_write() -> None:
    with pytest.raises(treadle.ArgumentError, match="write the whole key in the check"):
        treadle.load_asset_checks_from_package_name("json", asset_key_prefix="a")


@pytest.mark.parametrize("given", [5, ModuleType("alone")])
def test_what_is_no_package_is_refused(given: ModuleType) -> None:
    with pytest.raises(
        treadle.ArgumentError, match=r"is no package(.|\n)*load_assets_from_modules"
    ):
        treadle.load_assets_from_package_module(given)


def test_what_is_no_list_of_modules_is_refused() -> None:
    with pytest.raises(treadle.ArgumentError, match="5 is no module"):
        load_assets_from_modules(5)  # type: ignore[arg-type]
