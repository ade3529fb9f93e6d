"""Scans are copied from a provider's store: a chain of ops from other places, with a retry policy, one asset with a key."""

from dagster import (
    Backoff,
    Config,
    ConfigurableResource,
    Definitions,
    Failure,
    Jitter,
    MetadataValue,
    Output,
    RetryPolicy,
    asset,
    define_asset_job,
    graph_asset,
    op,
)


class Store(ConfigurableResource):
    bucket: str

    def list_keys(self, prefix: str) -> list[str]:
        return [f"{self.bucket}/{prefix}/{number}.dcm" for number in range(3)]


class Prefix(Config):
    prefix: str = "incoming"
    at_least: int = 1


@op(
    retry_policy=RetryPolicy(
        max_retries=2, delay=0.01, backoff=Backoff.EXPONENTIAL, jitter=Jitter.FULL
    )
)
def provider_keys(context, config: Prefix, provider: Store) -> list[str]:
    if context.retry_number == 0:
        raise ConnectionError("the provider closed the line")
    found = provider.list_keys(config.prefix)
    if len(found) < config.at_least:
        raise Failure(
            description="too few scans",
            metadata={"found": MetadataValue.int(len(found))},
            allow_retries=False,
        )
    return found


@op
def copied(keys: list[str], archive: Store) -> list[str]:
    return [f"{archive.bucket}/{key.rsplit('/', 1)[-1]}" for key in keys]


@op
def raw_file_list(keys: list[str]) -> Output[list[str]]:
    return Output(keys, metadata={"files": len(keys), "first": MetadataValue.path(keys[0])})


@graph_asset(
    description="Scans of a provider, copied to the archive.", key="raw_scans", group_name="scans"
)
def scan_files():
    return raw_file_list(copied(provider_keys()))


@asset(group_name="scans")
def scan_count(raw_scans: list[str]) -> int:
    return len(raw_scans)


defs = Definitions(
    assets=[scan_files, scan_count],
    jobs=[
        define_asset_job(
            "import_scans",
            selection=["raw_scans", "scan_count"],
            config={"ops": {"raw_scans": {"ops": {"provider_keys": {"config": {"at_least": 2}}}}}},
        )
    ],
    resources={"provider": Store(bucket="theirs"), "archive": Store(bucket="ours")},
)
