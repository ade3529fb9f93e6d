from treadle import GraphDefinition, GraphIn, GraphOut, In, OpDefinition, Out, graph, op


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
