"""What Definitions say when they are asked, and Definitions made of Definitions."""

from __future__ import annotations

from types import ModuleType

import pytest

from treadle import (
    ArgumentError,
    AssetKey,
    AssetSpec,
    ConflictError,
    Definitions,
    DuplicateError,
    LocationError,
    asset,
    asset_check,
    define_asset_job,
    job,
    op,
)
from treadle.locations.location import definitions_of


@asset
def a():
    return 1


@asset(group_name="g")
def b(a):
    return a + 1


@asset_check(asset=a)
def fine():
    raise NotImplementedError


def whole() -> Definitions:
    return Definitions(
        assets=[a, b, AssetSpec("x")],
        jobs=[define_asset_job("j", "a")],
        resources={"r": 3},
        asset_checks=[fine],
    )


def test_definitions_say_what_they_have() -> None:
    defs = whole()

    assert [*defs.assets[:2]] == [a, b]
    assert defs.asset_checks == (fine,)
    assert defs.resources == {"r": 3}
    assert [job.name for job in defs.jobs] == ["j"]
    assert defs.get_assets_def("b") is b
    assert defs.get_asset_checks_def(fine.check_key) is fine
    assert defs.resolve_all_asset_keys() == tuple(map(AssetKey, "abx"))
    assert [spec.key.text for spec in defs.resolve_all_asset_specs()] == ["a", "b", "x"]
    assert Definitions.validate_loadable(defs) is None


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"no asset 'aa' here\. Did you mean 'a'"):
        whole().get_assets_def("aa")
    with pytest.raises(ArgumentError, match="have no repository"):
        whole().get_repository_def()
    with pytest.raises(ArgumentError, match="is not Definitions"):
        Definitions.validate_loadable([a])


def test_jobs_run_in_this_process() -> None:
    defs = Definitions(assets=[a, b], jobs=[define_asset_job("j", "a")])

    assert defs.resolve_job_def("j").execute_in_process().asset_value("a") == 1
    every = defs.get_implicit_global_asset_job_def().execute_in_process()
    assert every.asset_value("b") == 2
    assert defs.get_job_def("__ASSET_JOB").execute_in_process().success
    with pytest.raises(ArgumentError, match="no job 'k'"):
        defs.get_job_def("k")


def test_definitions_are_joined() -> None:
    first = Definitions(assets=[a], resources={"r": 3})
    second = Definitions(assets=[b, AssetSpec("a")], jobs=[define_asset_job("j", "+b")])

    joined = Definitions.merge(first, second)

    assert joined.get_job_def("j").execute_in_process().asset_value("b") == 2
    assert joined.resources == {"r": 3}


def test_what_cannot_be_joined_is_refused() -> None:
    with pytest.raises(ConflictError, match="two different resources under the key 'r'"):
        Definitions.merge(Definitions(resources={"r": [1]}), Definitions(resources={"r": [2]}))

    @asset(key="a")
    def other():
        return 2

    with pytest.raises(DuplicateError, match="'a' is defined twice"):
        Definitions.merge(Definitions(assets=[a]), Definitions(assets=[other]))


def test_specs_of_those_that_are_selected_are_mapped() -> None:
    mapped = whole().map_asset_specs(
        func=lambda spec: spec.merge_attributes(tags={"t": "1"}), selection="group:g"
    )

    tags = {spec.key.text: spec.tags for spec in mapped.resolve_all_asset_specs()}
    assert tags == {"a": {}, "b": {"t": "1"}, "x": {}}
    assert [job.name for job in mapped.jobs] == ["j"]


def test_definitions_are_given_resources() -> None:
    more = whole().with_resources({"s": 4})

    assert more.resources == {"r": 3, "s": 4}
    with pytest.raises(ConflictError, match="under the key 'r'"):
        whole().with_resources({"r": 5})


def test_of_a_module_those_count_that_no_other_was_made_of() -> None:
    module = ModuleType("made_of_others")
    module.first = Definitions(assets=[a])  # type: ignore[attr-defined]  # as a module has it
    module.second = Definitions(assets=[b, AssetSpec("a")])  # type: ignore[attr-defined]  # as above
    module.joined = Definitions.merge(module.first, module.second)  # type: ignore[attr-defined]  # as above
    module.defs = module.joined.with_resources({"r": 1})  # type: ignore[attr-defined]  # as above

    assert definitions_of(module) is module.defs

    module.other = Definitions()  # type: ignore[attr-defined]  # as above
    with pytest.raises(LocationError, match="has 2 Definitions"):
        definitions_of(module)


def test_deps_are_looked_for_beside_the_assets_of_their_block() -> None:
    @asset(key_prefix="p")
    def up():
        return 1

    @asset(key_prefix="p", deps=["up"])
    def down():
        return 2

    snapshot = Definitions(assets=[up, down]).built.snapshot

    assert {each.key: each.upstream_keys for each in snapshot.assets} == {
        "p/down": ("p/up",),
        "p/up": (),
    }


def test_a_job_of_ops_is_in_what_is_made_of_its_definitions() -> None:
    @op
    def greet(who: str) -> str:
        return f"hello {who}"

    @op(required_resource_keys={"name"})
    def name(context) -> str:
        return context.resources.name

    @job
    def greeting():
        greet(name())

    defs = Definitions(jobs=[greeting], resources={"name": "ada"})
    joined = Definitions.merge(defs, Definitions(assets=[a])).with_resources({"r": 1})

    result = joined.get_job_def("greeting").execute_in_process()
    assert result.output_for_node("greet") == "hello ada"
    assert joined.assets == (a,)
