"""One graph makes two assets of one input."""

from treadle import AssetOut, Out, asset, graph_multi_asset, op


@asset
def sentence():
    return "to be or not"


@op(out={"words": Out(), "letters": Out()})
def taken_apart(sentence):
    return sentence.split(), sorted(set(sentence) - {" "})


@graph_multi_asset(outs={"word_list": AssetOut(), "letter_list": AssetOut()})
def word_graph(sentence):
    words, letters = taken_apart(sentence)
    return {"word_list": words, "letter_list": letters}
