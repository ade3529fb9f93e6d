from treadle import (
    DagsterInstance,
    instance_for_test,
    ExecuteInProcessResult,
    asset,
    materialize,
    materialize_to_memory,
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
