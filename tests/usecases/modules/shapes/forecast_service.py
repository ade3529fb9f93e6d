"""A forecast is asked of a service: a token, a payload, the answer, each an asset; ops are coroutines that say what they did."""

import asyncio
from typing import Any

import dagster as dg
from pydantic import Field


class ServiceConfig(dg.ConfigurableResource):
    """Where the service is, and what for."""

    user: str = Field(description="Who asks")
    horizon: int = Field(default=3, description="How many steps ahead")
    series_uri: str = "mem://series"


class Service(dg.ConfigurableResource):
    settings: ServiceConfig

    async def predict(self, payload: dict[str, Any]) -> list[float]:
        await asyncio.sleep(0)
        last = payload["series"][-1]
        return [last + step for step in range(1, payload["n"] + 1)]


@dg.op
def get_token(settings: ServiceConfig) -> str:
    return f"token-{settings.user}"


@dg.op
def prepare_series(context: dg.OpExecutionContext) -> dg.Output[dict]:
    series = {"values": [1.0, 2.0, 4.0]}
    return dg.Output(series, metadata={"points": len(series["values"])})


@dg.op
def build_payload(settings: ServiceConfig, series: dict) -> dict:
    return {"n": settings.horizon, "series": series["values"]}


@dg.op
async def request_prediction(
    context: dg.OpExecutionContext, service: Service, token: str, payload: dict
) -> dg.Output[dict]:
    if not token.startswith("token-"):
        raise dg.Failure("no token")
    found = await service.predict(payload)
    return dg.Output(
        {"values": found}, metadata={"horizon": len(found), "mean": sum(found) / len(found)}
    )


@dg.graph_multi_asset(
    name="forecast_pipeline",
    group_name="forecast",
    outs={
        "service_token": dg.AssetOut(dagster_type=str),
        "input_series": dg.AssetOut(dagster_type=dict),
        "service_payload": dg.AssetOut(dagster_type=dict),
        "predicted_series": dg.AssetOut(dagster_type=dict, description="What is to come"),
    },
)
def forecast_pipeline():
    token = get_token()
    series = prepare_series()
    payload = build_payload(series)
    return {
        "service_token": token,
        "input_series": series,
        "service_payload": payload,
        "predicted_series": request_prediction(token, payload),
    }


settings = ServiceConfig(user=dg.EnvVar("TREADLE_TEST_REGION"))
defs = dg.Definitions(
    assets=[forecast_pipeline],
    resources={"settings": settings, "service": Service(settings=settings)},
)
