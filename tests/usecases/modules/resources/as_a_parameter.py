"""A resource with settings is a parameter of what uses it."""

from treadle import ConfigurableResource, Definitions, asset


class Catalogue(ConfigurableResource):
    shelf: str
    books: int = 2

    def titles(self) -> list[str]:
        return [f"{self.shelf}-{number}" for number in range(self.books)]


@asset
def titles(catalogue: Catalogue) -> list[str]:
    return catalogue.titles()


defs = Definitions(assets=[titles], resources={"catalogue": Catalogue(shelf="poems")})
