"""An op yields any number of elements; others run once for each, and one collects what they gave."""

from treadle import DynamicOut, DynamicOutput, Out, Output, graph, graph_asset, op


@op(out=DynamicOut(int))
def scan_lines():
    for number in range(4):
        yield DynamicOutput(number, mapping_key=f"line_{number}")


@op
def doubled(context, number):
    return context.get_mapping_key(), number * 2


@op
def keyed(context, pairs):
    assert [key for key, _ in pairs] == context.get_mapping_keys("pairs")
    return dict(pairs)


@graph_asset
def doubled_lines():
    return keyed(scan_lines().map(doubled).collect())


@op(out=DynamicOut())
def letters_of(word) -> list[DynamicOutput[str]]:
    return [DynamicOutput(each, mapping_key=each) for each in word]


@op(out=DynamicOut())
def words():
    for each in ("to", "be", ""):
        yield DynamicOutput(each, mapping_key=f"w_{each}")


@op
def loud(letter):
    return letter.upper()


@graph
def loud_twice(letter):
    return loud.alias("again")(loud(letter))


@op
def joined_letters(context, letters):
    return f"{context.get_mapping_key()}={''.join(letters)}"


@graph_asset
def flat_letters():
    """Fan-outs in a fan-out, in one list."""
    return words().map(letters_of).map(loud_twice).collect()


@graph_asset
def letters_by_word():
    """A list for each element of the outer one."""
    return words().map(lambda word: joined_letters(letters_of(word).map(loud).collect())).collect()


@op(out=Out(is_required=False))
def odd_only(number):
    if number % 2:
        yield Output(number)


@graph_asset
def odd_lines():
    """What yields nothing is left out of the list."""
    return scan_lines().map(odd_only).map(lambda number: number).collect()


@op(out={"left": DynamicOut(), "right": DynamicOut(is_required=False), "count": Out()})
def split_in_two():
    yield DynamicOutput(1, mapping_key="a", output_name="left")
    yield Output(1, "count")
    yield DynamicOutput(2, mapping_key="b", output_name="left")


@op
def summed(left, count):
    return sum(left) + count


@op
def negative(number):
    return -number


@graph_asset
def of_several_outputs():
    left, _, count = split_in_two()
    return summed(left.map(negative).collect(), count)


@op(out=DynamicOut())
def no_elements():
    yield from ()


@op
def length_of(values):
    return len(values)


@graph_asset
def none_of_them():
    return length_of(no_elements().map(doubled).collect())


@op
def refusing(number):
    if number == 2:
        raise ValueError("two is one too many")
    return number


@graph_asset
def one_fails():
    return length_of(scan_lines().map(refusing).collect())
