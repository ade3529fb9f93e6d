from treadle import (
    AssetKey,
    Backoff,
    DataVersion,
    DataVersionsByPartition,
    Failure,
    In,
    Jitter,
    Limits,
    MaterializeResult,
    Nothing,
    ObserveResult,
    Out,
    Output,
    RetryPolicy,
    RetryRequested,
    asset,
    materialize,
    op,
)


@op(
    out=Out(Nothing),
    retry_policy=RetryPolicy(
        max_retries=3, delay=1, backoff=Backoff.EXPONENTIAL, jitter=Jitter.FULL
    ),
)
def prepare(): ...


@op(ins={"prepared": In(Nothing)}, limits=Limits(open_files=256), timeout=60)
def read():
    return Output([40, 25], metadata={"rows": 2})


@asset
def orders():
    return MaterializeResult(metadata={"rows": 2})


@asset
def broken():
    raise Failure("The source is gone.", metadata={"asked": "twice"})


@asset(retry_policy=RetryPolicy(max_retries=1))
def stubborn():
    raise RetryRequested(max_retries=0)


assert AssetKey(["a", "b"]).to_user_string() == "a/b"
assert materialize([orders]).success
assert not materialize([broken], raise_on_error=False).success

assert Output(1, data_version=DataVersion("v1")).metadata == {"dagster/data_version": "v1"}
assert ObserveResult(data_version=DataVersion("7")).metadata == {"dagster/data_version": "7"}
assert DataVersionsByPartition({"eu": "7"}).data_versions_by_partition == {"eu": DataVersion("7")}
