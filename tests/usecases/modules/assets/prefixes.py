"""Keys have several parts; an input names the whole key."""

from treadle import AssetIn, AssetKey, asset


@asset(key_prefix=["bank", "raw"])
def transfers():
    return [10, -4]


@asset(ins={"moves": AssetIn(key=AssetKey(["bank", "raw", "transfers"]))}, key_prefix="bank")
def balance(moves):
    return sum(moves)


@asset(ins={"balance": AssetIn(key_prefix="bank")}, key="bank/statement")
def statement_of_account(balance):
    return f"{balance} left"
