from treadle import (
    DependencyDefinition,
    DynamicOut,
    DynamicOutput,
    GraphDefinition,
    GraphIn,
    GraphOut,
    In,
    InputMapping,
    MultiDependencyDefinition,
    NodeInvocation,
    OpDefinition,
    Out,
    OutputMapping,
    graph,
    op,
)


@op(ins={"number": In(int)}, out=Out(int, description="Twice as much."))
def double(number):
    return 2 * number


@op(out={"low": Out(), "high": Out(is_required=False)})
def both(number):
    return number - 1, number + 1


@graph(ins={"number": GraphIn()}, out={"low": GraphOut(), "high": GraphOut()})
def around(number):
    low, high = both(double(number))
    return {"low": low, "high": high}


assert isinstance(double, OpDefinition)
assert isinstance(around, GraphDefinition)
assert double(4) == 8

result = around.execute_in_process(input_values={"number": 4})
assert (result.output_value("low"), result.output_value("high")) == (7, 9)


@op
def add(numbers):
    return sum(numbers)


by_hand = GraphDefinition(
    name="by_hand",
    node_defs=[double, add],
    dependencies={
        "double": {},
        NodeInvocation("double", alias="again"): {"number": DependencyDefinition("double")},
        "add": {
            "numbers": MultiDependencyDefinition(
                [DependencyDefinition("double"), DependencyDefinition("again")]
            )
        },
    },
    input_mappings=[InputMapping("number", "double", "number")],
    output_mappings=[OutputMapping("result", "add", "result")],
)
assert by_hand.execute_in_process(input_values={"number": 1}).output_value() == 6


@op(out=DynamicOut(int))
def each_of():
    yield DynamicOutput(1, mapping_key="one")
    yield DynamicOutput(2, mapping_key="two")


@graph
def doubled_sum():
    return add(each_of().map(double).collect())


assert doubled_sum.execute_in_process().output_value() == 6
