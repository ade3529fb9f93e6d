"""An op that is there is made an asset."""

from treadle import AssetKey, AssetsDefinition, op


@op
def weather_report():
    return "sunny"


reported = AssetsDefinition.from_op(
    weather_report, keys_by_output_name={"result": AssetKey("weather")}
)
