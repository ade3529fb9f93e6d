"""A table is staged, checked, and promoted when the check has run; its readers are checked, too."""

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetOut,
    Config,
    Definitions,
    In,
    Nothing,
    asset,
    asset_check,
    graph_multi_asset,
    op,
)


class Limits(Config):
    most_nulls: int = 0


@op
def stage_members() -> list[dict]:
    return [{"id": 1, "name": "ada"}, {"id": 2, "name": None}]


@op
def check_nulls(config: Limits, rows: list[dict]):
    nulls = sum(row["name"] is None for row in rows)
    return AssetCheckResult(
        check_name="few_nulls",
        passed=nulls <= config.most_nulls,
        severity=AssetCheckSeverity.WARN,
        metadata={"nulls": nulls},
    )


@op(ins={"rows": In(), "check": In(Nothing)})
def promote(rows: list[dict]) -> list[dict]:
    return [row for row in rows if row["name"]]


@op
def summary_of(rows: list[dict]) -> dict:
    return {"rows": len(rows)}


@graph_multi_asset(
    outs={"members": AssetOut(), "members_summary": AssetOut()},
    check_specs=[AssetCheckSpec("few_nulls", asset="members", description="Names are known.")],
)
def member_tables():
    staged = stage_members()
    checked = check_nulls(staged)
    promoted = promote(rows=staged, check=checked)
    return {
        "members": promoted,
        "members_few_nulls": checked,
        "members_summary": summary_of(promoted),
    }


@asset
def greeting_cards(context: AssetExecutionContext, members: list[dict]) -> list[str]:
    context.log.info("writing %d cards", len(members))
    return [f"dear {row['name']}" for row in members]


@asset_check(asset=greeting_cards, blocking=True)
def every_card_has_a_name(greeting_cards: list[str]) -> AssetCheckResult:
    return AssetCheckResult(passed=all(len(card) > len("dear ") for card in greeting_cards))


@asset
def posted_cards(greeting_cards: list[str]) -> int:
    return len(greeting_cards)


defs = Definitions(
    assets=[member_tables, greeting_cards, posted_cards], asset_checks=[every_card_has_a_name]
)
