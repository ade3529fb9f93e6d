"""A function makes the resource, from its config and other resources, and ends what it began."""

from treadle import Definitions, Field, asset, resource


@resource(
    config_schema={"unit": Field(str, default_value="m")}, required_resource_keys={"base_length"}
)
def ruler(context):
    return {"unit": context.resource_config["unit"], "base": context.resources.base_length}


@resource
def tape(context):
    cut = []
    yield cut
    cut.clear()


@asset(required_resource_keys={"ruler", "tape"})
def measured(context) -> str:
    context.resources.tape.append(1)
    told = context.resources.ruler
    return f"{told['base']}{told['unit']} {len(context.resources.tape)}"


defs = Definitions(assets=[measured], resources={"ruler": ruler, "tape": tape, "base_length": 12})
