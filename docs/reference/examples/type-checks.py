from treadle import (
    DagsterType,
    Out,
    asset,
    check_dagster_type,
    materialize,
    op,
    usable_as_dagster_type,
)

Even = DagsterType(name="Even", type_check_fn=lambda _, value: value % 2 == 0)


@asset(dagster_type=Even)
def two():
    return 2


@asset(dagster_type=Even)
def three():
    return 3


@usable_as_dagster_type
class Order:
    pass


@op(out=Out(list[int]))
def numbers():
    return [1, 2]


assert check_dagster_type(Even, 2).success
assert materialize([two]).success
assert not materialize([three], raise_on_error=False).success

from treadle import (  # noqa: E402
    Any,
    Bool,
    Dict,
    Float,
    In,
    Int,
    List,
    Optional,
    PythonObjectDagsterType,
    Set,
    String,
    Tuple,
    TypeCheck,
    TypeCheckContext,
    make_python_type_usable_as_dagster_type,
)


def small(context: TypeCheckContext, value: object) -> TypeCheck:
    return TypeCheck(success=len(str(value)) < 5, description="It is long.")


Small = DagsterType(name="Small", type_check_fn=small)
Money = PythonObjectDagsterType(python_type=float, name="Money")
make_python_type_usable_as_dagster_type(
    complex, DagsterType(name="Complex", type_check_fn=lambda _, v: True)
)


@op(ins={"a": In(Int), "b": In(Optional[String]), "c": In(List[Float])}, out=Out(Dict[String, Any]))
def gather(a, b, c):
    return {"a": a, "b": b, "c": c}


for kind, value in (
    (Small, "abc"),
    (Money, 1.5),
    (Bool, True),
    (Set[Int], {1}),
    (Tuple[Int, String], (1, "a")),
):
    assert check_dagster_type(kind, value).success, kind
assert not check_dagster_type(Small, "abcdef").success

# A type with a loader: a run tells an input of it, where nothing is connected.
from treadle import DagsterTypeLoader, dagster_type_loader, graph  # noqa: E402


@dagster_type_loader({"n": int})
def small_of(context, config):
    return "x" * config["n"]


assert isinstance(small_of, DagsterTypeLoader)
Loaded = DagsterType(name="Loaded", type_check_fn=small, loader=small_of)


@op(ins={"text": In(Loaded)})
def measured(text):
    return len(text)


@graph
def measuring():
    return measured()


told = {"ops": {"measured": {"inputs": {"text": {"n": 3}}}}}
assert measuring.execute_in_process(told).output_value() == 3
