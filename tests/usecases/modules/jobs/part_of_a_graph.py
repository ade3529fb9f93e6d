"""A job that is some ops of a graph, with an input in a list, an op by its constructor, and a job of it all."""

from treadle import Definitions, In, JobDefinition, OpDefinition, Out, Output, graph, op


@op
def counted() -> int:
    return 4


@op
def doubled(number: int) -> int:
    return 2 * number


@op
def summed(context, numbers: list) -> int:
    context.log.warning(f"sum of {numbers}")
    return sum(numbers)


def tell(context, inputs):
    context.log.warning(f"told {inputs['number']}")
    yield Output(None, "done")


telling = OpDefinition(tell, "telling", ins={"number": In(int)}, outs={"done": Out()})


@graph
def sums(start):
    made = doubled(counted())
    telling(summed([start, made, start]))


defs = Definitions(
    jobs=[
        JobDefinition(graph_def=sums, name="all_of_it", input_values={"start": 1}),
        sums.to_job("without_the_end", op_selection=["*summed"], input_values={"start": 3}),
        sums.to_job("the_end", op_selection=["telling"]),
    ]
)
