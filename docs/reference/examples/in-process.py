from treadle import (
    DagsterInstance,
    DataVersion,
    ExecuteInProcessResult,
    asset,
    instance_for_test,
    job,
    materialize,
    materialize_to_memory,
    observable_source_asset,
    observe,
    op,
    validate_run_config,
)


@asset
def orders():
    return [40, 25, 10]


@asset
def total(orders):
    return sum(orders)


result = materialize([orders, total])
assert isinstance(result, ExecuteInProcessResult)
assert result.success
assert result.asset_value("total") == 75
assert materialize_to_memory([orders, total], selection="orders").output_for_node("orders")[0] == 40

with instance_for_test() as instance:
    assert isinstance(instance, DagsterInstance)
    assert instance.get_asset_keys() == []


@observable_source_asset
def feed():
    return DataVersion("7")


(seen,) = observe([feed]).get_asset_observation_events()
assert seen.payload.asset_key == "feed"


@op(config_schema={"day": str})
def fetch(context): ...


@job
def nightly():
    fetch()


told = {"ops": {"fetch": {"config": {"day": "monday"}}}}
assert validate_run_config(nightly, told) == told
