"""Good definitions, which load as they stand: what mutations start from."""

GRAPH = """
@asset
def orders():
    return [1, 2]


@op
def cleaned(rows: list) -> list:
    return rows


@op(out={"paid": Out(), "unpaid": Out()})
def split(rows: list):
    return rows, []


@op
def total(rows: list) -> int:
    return sum(rows)


@graph(out={"paid": GraphOut(), "unpaid": GraphOut()})
def halves(rows):
    paid, unpaid = split(rows)
    return {"paid": paid, "unpaid": unpaid}


@graph_asset(group_name="sales", tags={"tier": "one"})
def revenue(orders):
    return total(cleaned(orders))


@graph_multi_asset(outs={"paid_rows": AssetOut(), "unpaid_rows": AssetOut()}, can_subset=True)
def by_state(orders):
    paid, unpaid = split(orders)
    return {"paid_rows": paid, "unpaid_rows": cleaned(unpaid)}


defs = Definitions(assets=[orders, revenue, by_state])
"""

ASSETS = """
@asset(group_name="raw", key_prefix="shop", owners=["ada@example.org"], kinds={"csv"})
def rows():
    return [1]


@asset(ins={"rows": AssetIn(key="shop/rows")}, retry_policy=RetryPolicy(max_retries=2))
def counted(rows):
    return len(rows)


@asset(deps=[counted], metadata={"team": "maps"}, op_tags={"size": "big"})
def shown():
    return "shown"


@multi_asset(
    outs={"head": AssetOut(), "tail": AssetOut(is_required=False)},
    internal_asset_deps={"head": {AssetKey("counted")}, "tail": {AssetKey("head")}},
    can_subset=True,
)
def cut(counted):
    yield Output(1, "head")


@multi_asset(specs=[AssetSpec("pulled", deps=["counted"])])
def pull():
    yield MaterializeResult(asset_key="pulled")


outside = AssetSpec("outside")


@asset(deps=["outside"])
def inside():
    return 1


defs = Definitions(
    assets=[rows, counted, shown, cut, pull, outside, inside],
    jobs=[define_asset_job("nightly", selection="counted+", tags={"by": "night"})],
)
"""

RESOURCES = """
from treadle import Config, ConfigurableIOManager, ConfigurableResource, EnvVar, RunConfig
from treadle import config_mapping, io_manager, resource


class Told(Config):
    day: str
    count: int = 1


class Database(ConfigurableResource):
    url: str
    port: int = 5432


class Service(ConfigurableResource):
    database: Database


class Files(ConfigurableIOManager):
    folder: str

    def handle_output(self, context, obj):
        pass

    def load_input(self, context):
        pass


@resource(config_schema={"n": int})
def numbers(context):
    return context.resource_config["n"]


@op
def fetch(config: Told, database: Database) -> str:
    return config.day


@op(required_resource_keys={"numbers"})
def finish(context, text: str) -> str:
    return text


@config_mapping
def day_only(outer: Told) -> RunConfig:
    return RunConfig(ops={"fetch": Told(day=outer.day)})


@graph_asset(config=day_only)
def page():
    return finish(fetch())


@asset(io_manager_key="files")
def saved(service: Service, plain: ResourceParam[int]) -> str:
    return "x"


@asset
def told(config: Told) -> str:
    return config.day


defs = Definitions(
    assets=[page, saved, told],
    resources={
        "database": Database(url="main"),
        "service": Service(database=Database(url="other", port=1)),
        "files": Files(folder="out"),
        "numbers": numbers.configured({"n": 3}),
        "plain": 3,
    },
    jobs=[define_asset_job("told_job", "told", config=RunConfig(ops={"told": Told(day="monday")}))],
)
"""

CHECKS = """
from treadle import AssetCheckResult, AssetCheckSpec, asset_check, failure_hook
from treadle import job, multi_asset_check, success_hook


@success_hook(required_resource_keys={"pager"})
def tell(context):
    context.resources.pager.append(context.step_key)


@failure_hook
def shout(context):
    print(context.op_exception)


@asset(check_specs=[AssetCheckSpec("full", asset="rows")], hooks={shout})
def rows():
    yield Output([1])
    yield AssetCheckResult(passed=True)


@asset_check(asset=rows, blocking=True)
def sorted_rows(rows):
    return AssetCheckResult(passed=rows == sorted(rows))


@multi_asset_check(specs=[AssetCheckSpec("a", asset=rows), AssetCheckSpec("b", asset="report")])
def several():
    yield AssetCheckResult(passed=True, asset_key="rows", check_name="a")
    yield AssetCheckResult(passed=True, asset_key="report", check_name="b")


@op
def read() -> int:
    return 1


@op
def wrote(value: int) -> int:
    return value


@op
def judged(value: int):
    return AssetCheckResult(passed=value > 0)


@graph_asset(check_specs=[AssetCheckSpec("positive", asset="report")])
def report():
    value = read()
    return {"result": wrote(value), "report_positive": judged(value)}


@graph
def work():
    wrote(read.with_hooks({tell})())


@job(tags={"by": "night"})
def nightly():
    work()


defs = Definitions(
    assets=[rows, report],
    asset_checks=[sorted_rows, several],
    jobs=[nightly, define_asset_job("checked", selection="rows", hooks={tell})],
    resources={"pager": []},
)
"""

DYNAMIC = """
days = DailyPartitionsDefinition(start_date="2026-01-01")
both = MultiPartitionsDefinition({"day": days, "shop": StaticPartitionsDefinition(["a", "b"])})


@op(out=DynamicOut(str))
def files():
    yield DynamicOutput("april.csv", mapping_key="april")


@op
def lines(file: str) -> int:
    return len(file)


@op
def total(counts: list) -> int:
    return sum(counts)


@graph_asset
def report():
    return total(files().map(lines).collect())


@asset(partitions_def=days)
def daily():
    return 1


@asset(partitions_def=both)
def by_shop():
    return 1


@asset(
    partitions_def=days,
    ins={"daily": AssetIn(partition_mapping=TimeWindowPartitionMapping(start_offset=-1))},
)
def change(daily):
    return 1


@asset(
    partitions_def=days,
    ins={"by_shop": AssetIn(partition_mapping=MultiToSingleDimensionPartitionMapping("day"))},
)
def of_shops(by_shop):
    return 1


defs = Definitions(assets=[report, daily, by_shop, change, of_shops])
"""
