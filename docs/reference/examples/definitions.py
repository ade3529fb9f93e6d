import sys

from treadle import (
    Definitions,
    JobDefinition,
    RetryPolicy,
    asset,
    define_asset_job,
    job,
    load_assets_from_current_module,
    load_assets_from_modules,
    load_definitions_from_current_module,
    op,
    with_resources,
)


@asset
def orders(shop):
    return shop


@op
def one():
    return 1


@job
def counting():
    one()


assert isinstance(counting, JobDefinition)
assert counting.execute_in_process().output_for_node("one") == 1
assert [each.key.to_user_string() for each in load_assets_from_current_module()] == ["orders"]
assert len(load_assets_from_modules([sys.modules[__name__]])) == 1
assert load_definitions_from_current_module({"shop": 5}).get_job_def("counting")

nightly = define_asset_job("nightly", "orders", op_retry_policy=RetryPolicy(max_retries=2))
Definitions(assets=[orders], jobs=[nightly, counting], resources={"shop": 5})
assert with_resources([orders], {"shop": 5})

# What modules and packages define.
from treadle import (  # noqa: E402
    load_asset_checks_from_current_module,
    load_asset_checks_from_modules,
    load_asset_checks_from_package_module,
    load_asset_checks_from_package_name,
    load_assets_from_package_module,
    load_assets_from_package_name,
)

here = sys.modules[__name__]
assert load_asset_checks_from_current_module() == []
assert load_asset_checks_from_modules([here]) == []
import json  # noqa: E402

assert (
    list(load_assets_from_package_module(json)) == list(load_assets_from_package_name("json")) == []
)
assert (
    load_asset_checks_from_package_module(json) == load_asset_checks_from_package_name("json") == []
)

from treadle import (  # noqa: E402
    file_relative_path,
    load_definitions_from_module,
    load_definitions_from_modules,
    load_definitions_from_package_module,
    load_definitions_from_package_name,
)

for made in (
    load_definitions_from_module(here, {"shop": 5}),
    load_definitions_from_modules([here], {"shop": 5}),
):
    assert made.get_job_def("counting")
assert not load_definitions_from_package_module(json).resolve_all_asset_specs()
assert not load_definitions_from_package_name("json").resolve_all_asset_specs()
assert file_relative_path(__file__, "data.csv").endswith("data.csv")

from treadle import (
    ExecutorDefinition,
    in_process_executor,
    multi_or_in_process_executor,
    multiprocess_executor,
)

together = define_asset_job("together", executor_def=in_process_executor)
assert str(together.isolation) == "run"
for each in (multiprocess_executor, multi_or_in_process_executor):
    assert isinstance(each, ExecutorDefinition)
