"""A model is trained: data split by one op of several outputs, a graph of fit and score, hyperparameters as config, a model store."""

import os
import pickle
from pathlib import Path
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetIn,
    AssetOut,
    AssetSelection,
    Config,
    ConfigurableIOManager,
    Definitions,
    InputContext,
    MetadataValue,
    Out,
    Output,
    OutputContext,
    RunConfig,
    define_asset_job,
    graph_multi_asset,
    load_assets_from_current_module,
    multi_asset,
    op,
)


class ModelStore(ConfigurableIOManager):
    folder: str

    def path(self, context: Any) -> Path:
        name = "__".join(context.get_identifier())
        return Path(os.environ["TREADLE_TEST_SCRATCH"]) / f"{self.folder}-{name}.model"

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        self.path(context).write_bytes(pickle.dumps(obj))

    def load_input(self, context: InputContext) -> Any:
        return pickle.loads(self.path(context.upstream_output).read_bytes())


class Split(Config):
    share: float = 0.75


class Hyper(Config):
    degree: int = 1
    rounds: int = 10


@multi_asset(outs={"training_set": AssetOut(), "test_set": AssetOut()}, group_name="learning")
def split_data(context: AssetExecutionContext, config: Split):
    rows = [(x, 2 * x) for x in range(8)]
    cut = int(len(rows) * config.share)
    yield Output(rows[:cut], "training_set", metadata={"rows": cut})
    yield Output(rows[cut:], "test_set", metadata={"rows": len(rows) - cut})


@op(out={"model": Out(io_manager_key="models"), "history": Out()})
def fit(config: Hyper, rows: list):
    slope = 0.0
    history = []
    for _ in range(config.rounds):
        slope += 0.02 * sum((y - slope * x) * x for x, y in rows) / len(rows)
        history.append(round(slope, 3))
    return {"slope": round(slope, 2), "degree": config.degree}, history[-3:]


@op
def score(model: dict, rows: list) -> Output[float]:
    error = sum(abs(y - model["slope"] * x) for x, y in rows) / len(rows)
    return Output(round(error, 3), metadata={"error": MetadataValue.float(round(error, 3))})


@op
def check_score(error: float):
    return AssetCheckResult(check_name="is_good", passed=error < 0.5)


@graph_multi_asset(
    outs={
        "line_model": AssetOut(io_manager_key="models"),
        "fit_history": AssetOut(),
        "model_error": AssetOut(),
    },
    ins={"rows": AssetIn("training_set"), "held_out": AssetIn("test_set")},
    check_specs=[AssetCheckSpec("is_good", asset="model_error")],
    group_name="learning",
)
def train(rows, held_out):
    model, history = fit(rows)
    error = score(model, held_out)
    return {
        "line_model": model,
        "fit_history": history,
        "model_error": error,
        "model_error_is_good": check_score(error),
    }


defs = Definitions(
    assets=load_assets_from_current_module(),
    resources={"models": ModelStore(folder="trained")},
    jobs=[
        define_asset_job(
            "train_well",
            selection=AssetSelection.groups("learning"),
            config=RunConfig(ops={"train": {"ops": {"fit": Hyper(rounds=30)}}}),
            tags={"team": "learning"},
        )
    ],
)
