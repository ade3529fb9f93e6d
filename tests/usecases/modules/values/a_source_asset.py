"""An asset of somebody else's is declared with the manager that loads it, as older modules do."""

from treadle import AssetIn, Definitions, IOManager, SourceAsset, asset


class Archive(IOManager):
    def handle_output(self, context, obj) -> None:
        raise NotImplementedError

    def load_input(self, context) -> str:
        return f"letters of {context.asset_key.path[-1]}"


letters = SourceAsset(key=["archive", "letters"], io_manager_key="letter_archive")


@asset(ins={"letters": AssetIn(key=letters.key)})
def letter_index(letters: str) -> str:
    return f"index of {letters}"


defs = Definitions(assets=[letters, letter_index], resources={"letter_archive": Archive()})
