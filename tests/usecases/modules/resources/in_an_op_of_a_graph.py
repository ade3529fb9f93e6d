"""An op of a graph takes a resource besides what the graph hands it."""

from treadle import ConfigurableResource, Definitions, graph_asset, op


class Dictionary(ConfigurableResource):
    language: str

    def word(self, english: str) -> str:
        return {"de": {"tree": "Baum"}}[self.language][english]


@op
def english_word() -> str:
    return "tree"


@op
def translated(word: str, dictionary: Dictionary) -> str:
    return dictionary.word(word)


@graph_asset
def german_word():
    return translated(english_word())


defs = Definitions(assets=[german_word], resources={"dictionary": Dictionary(language="de")})
