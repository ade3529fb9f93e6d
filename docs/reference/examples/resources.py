from treadle import (
    ConfigurableResource,
    InitResourceContext,
    ResourceDefinition,
    ResourceParam,
    asset,
    build_init_resource_context,
    build_resources,
    make_values_resource,
    materialize,
    resource,
)


class Shop(ConfigurableResource):
    region: str = "eu"

    def orders(self):
        return [self.region, 40]


@resource
def rates(context: InitResourceContext):
    return {"EUR": 1.1}


@asset(required_resource_keys={"rates"})
def revenue(context, shop: Shop, factor: ResourceParam[int]):
    return shop.orders()[1] * context.resources.rates["EUR"] * factor


given = {"shop": Shop(region="us"), "rates": rates, "factor": 2}
assert materialize([revenue], resources=given).asset_value("revenue") == 88.0

assert isinstance(rates, ResourceDefinition)
assert rates(build_init_resource_context()) == {"EUR": 1.1}
with build_resources({"rates": rates}) as resources:
    assert resources.rates == {"EUR": 1.1}
assert isinstance(make_values_resource(), ResourceDefinition)

from treadle import ConfigurableResourceFactory, ResourceDependency  # noqa: E402


class Connection:
    def __init__(self, url):
        self.url = url


class Connecting(ConfigurableResourceFactory[Connection]):
    url: str = "db"

    def create_resource(self, context):
        return Connection(self.url)


class Reporting(ConfigurableResource):
    connection: ResourceDependency[Connection]


@asset
def report(reporting: Reporting):
    return reporting.connection.url


resources = {"reporting": Reporting(connection=Connecting(url="other"))}
assert materialize([report], resources=resources).asset_value("report") == "other"

from treadle import Resource  # noqa: E402


class Printer(Resource):
    """Annotated with it, a parameter is the resource of its name."""

    def told(self):
        return "told"


@asset
def printed(printer: Printer):
    return printer.told()


assert materialize([printed], resources={"printer": Printer()}).asset_value("printed") == "told"
