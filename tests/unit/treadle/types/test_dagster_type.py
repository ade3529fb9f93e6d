"""DagsterType and what goes with it: types that a function checks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import pytest

import treadle
from tests.authored import refused
from treadle import (
    ArgumentError,
    AssetIn,
    AssetOut,
    AssetsDefinition,
    DagsterType,
    In,
    InputContext,
    IOManager,
    MissingError,
    Out,
    OutputContext,
    PythonObjectDagsterType,
    TypeCheck,
    TypeCheckContext,
    asset,
    check_dagster_type,
    dagster_type_loader,
    graph_multi_asset,
    make_python_type_usable_as_dagster_type,
    materialize,
    materialize_to_memory,
    multi_asset,
    op,
    usable_as_dagster_type,
)
from treadle.types._dagster_type import TypeCheckFunctionError
from treadle.types._own_types import own_type
from treadle_contract.run import Failure, FailureWhere


def is_positive(_: TypeCheckContext, value: Any) -> TypeCheck:
    return TypeCheck(value > 0, "It must be above 0.", {"seen": value})


POSITIVE = DagsterType(is_positive, name="Positive", description="A number above 0.")


def failure(*assets: AssetsDefinition, **options: Any) -> Failure:
    result = materialize_to_memory(assets, raise_on_error=False, **options)
    (found,) = result.failures.values()
    return found


def test_an_output_is_held_to_it_and_what_it_says_is_kept() -> None:
    @asset(dagster_type=POSITIVE)
    def a(context: Any) -> int:
        return -1

    told = failure(a)

    assert told.message == (
        "Output 'result' of 'a' is declared Positive, but the value is an int: -1. It must be above 0."
        " Return what is declared, or change the annotation."
    )
    assert told.where is FailureWhere.TYPE_CHECK
    assert [(each.name, each.value) for each in told.metadata] == [("seen", -1)]


def test_what_it_says_of_a_right_value_is_metadata_under_the_ops_own() -> None:
    @asset(dagster_type=POSITIVE)
    def a() -> int:
        return 1

    @asset(dagster_type=POSITIVE)
    def b(context: Any) -> int:
        context.add_output_metadata({"seen": "mine"})
        return 1

    made = materialize_to_memory([a, b]).asset_materializations

    assert [each.metadata for each in made] == [{"seen": 1}, {"seen": "mine"}]


def test_inputs_and_outputs_of_ops_and_assets_take_it() -> None:
    @op(out=Out(POSITIVE))
    def one() -> int:
        return 1

    @op(ins={"x": In(POSITIVE)})
    def less(x: int) -> int:
        return x - 1

    @graph_multi_asset(outs={"a": AssetOut(dagster_type=POSITIVE), "b": AssetOut()})
    def both() -> object:
        made = one()
        return {"b": made, "a": less(made)}

    @asset(ins={"b": AssetIn(dagster_type=POSITIVE)})
    def c(b: int) -> int:
        return b

    @multi_asset(outs={"d": AssetOut(dagster_type=POSITIVE)})
    def more(c: Annotated[int, POSITIVE]) -> int:
        return c

    result = materialize_to_memory([both, c, more], raise_on_error=False)

    assert set(result.failures) == {"both.less"}
    assert result.asset_value("d") == 1


def test_an_input_that_is_not_of_it_is_told_with_what_was_read() -> None:
    @asset
    def a() -> list[int]:
        return [1, -1]

    @asset
    def b(a: list[POSITIVE]) -> int:  # type: ignore[valid-type]  # a value in a type's place
        return 1

    assert failure(a, b).message == (
        "Input 'a' of 'b' is declared list[Positive], but a[1] is an int: -1, where Positive is"
        " expected. It must be above 0. Change the annotation, or what makes the value."
    )


def test_what_its_function_raises_or_returns_otherwise_fails_the_step() -> None:
    @asset(dagster_type=DagsterType(lambda _, __: 1 / 0, name="Broken"))  # type: ignore[arg-type,return-value]  # the mistake
    def a() -> int:
        return 1

    @asset(dagster_type=DagsterType(lambda _, __: "yes", name="Unclear"))  # type: ignore[arg-type,return-value]  # the mistake
    def b() -> int:
        return 1

    broken, unclear = failure(a), failure(b)

    assert "the check of type 'Broken' raised ZeroDivisionError" in broken.message
    assert broken.where is FailureWhere.TYPE_CHECK
    assert "The check of type 'Unclear' returned a str. Return True, False or" in unclear.message


def test_its_resources_are_given_and_it_may_log() -> None:
    def known(context: TypeCheckContext, value: object) -> bool:
        context.log.warning("looked at %s in %s", value, context.run_id)
        assert context.dagster_type.display_name == "Known"
        return value in context.resources.names

    kind = DagsterType(known, name="Known", required_resource_keys={"names"})

    @asset(dagster_type=kind)
    def a() -> str:
        return "x"

    assert "declared Known" in failure(a, resources={"names": {"y"}}).message
    result = materialize_to_memory([a], resources={"names": {"x"}})
    assert [
        each.payload.message.head for each in result.all_events if each.kind == "log_record"
    ] == [  # type: ignore[union-attr]  # by its kind
        f"looked at x in {result.run_id}"
    ]
    with pytest.raises(MissingError, match=r"type 'Known' of op 'a' asks for the resource 'names'"):
        materialize_to_memory([a])


def test_a_class_says_of_itself_what_it_is_called() -> None:
    @usable_as_dagster_type
    class Plain:
        pass

    @usable_as_dagster_type(name="Fancy", description="of its kind")
    class Named:
        pass

    plain, named = own_type(Plain), own_type(Named)
    assert plain is not None
    assert named is not None
    assert (plain.display_name, named.display_name, named.description) == (
        "Plain",
        "Fancy",
        "of its kind",
    )

    @asset
    def a() -> Named:
        return Plain()  # type: ignore[return-value]  # the mistake

    assert "is declared Named, but the value is a Plain" in failure(a).message
    assert "It must be a Named." in failure(a).message


def test_a_class_of_somebody_elses_stands_for_a_type_wherever_it_is_declared() -> None:
    class Theirs:
        size = 1

    class Mine(Theirs):
        pass

    large = DagsterType(lambda _, value: value.size > 1, name="Large")
    make_python_type_usable_as_dagster_type(Theirs, large)
    make_python_type_usable_as_dagster_type(Theirs, large)

    @asset
    def a() -> list[Theirs]:
        return [Theirs()]

    assert "result[0] is a Theirs" in failure(a).message
    for _ in range(2):  # as a module does that is imported twice
        make_python_type_usable_as_dagster_type(
            Mine, DagsterType(lambda _, value: value.size > 1, name="Large")
        )
    with pytest.raises(ArgumentError, match="stands for 'Large' already"):
        make_python_type_usable_as_dagster_type(Theirs, POSITIVE)


def test_instances_of_classes_are_of_a_type() -> None:
    number = PythonObjectDagsterType((int, float), name="Number")

    assert check_dagster_type(number, 1.5).success
    assert check_dagster_type(number, "x") == TypeCheck(False, "It must be an int or a float.")
    assert PythonObjectDagsterType(int).display_name == "int"
    assert number.typing_type == (int, float)


def test_a_test_asks_a_type_or_an_annotation() -> None:
    assert check_dagster_type(POSITIVE, -1) == TypeCheck(False, "It must be above 0.", {"seen": -1})
    assert check_dagster_type(list[int], [1]).success
    assert check_dagster_type(list[int], [1, "x"]).description == (
        "Value[1] is a str: 'x', where int is expected."
    )
    assert not check_dagster_type(list[POSITIVE], [0]).success  # type: ignore[valid-type]  # a value in a type's place
    with pytest.raises(ArgumentError, match="asks for 'db'"):
        check_dagster_type(DagsterType(is_positive, name="N", required_resource_keys={"db"}), 1)
    with pytest.raises(TypeCheckFunctionError):
        check_dagster_type(DagsterType(lambda _, __: None, name="N"), 1)  # type: ignore[arg-type,return-value]  # the mistake


def test_a_loader_makes_a_value_of_config() -> None:
    @dagster_type_loader({"path": str})
    def load(context: object, config: Any) -> int:
        return len(config["path"])

    kind = DagsterType(is_positive, name="FromFile", loader=load)

    assert kind.loader is load
    assert load.load(None, load.config.read({"path": "abc"})) == 3
    assert load.construct_from_config_value(None, {"path": "a"}) == load(None, {"path": "b"}) == 1


def test_the_names_of_dagsters_own_types_are_pythons() -> None:
    assert (treadle.Int, treadle.Float, treadle.Bool, treadle.String) == (int, float, bool, str)
    assert check_dagster_type(treadle.List[treadle.Int], [1]).success
    assert check_dagster_type(treadle.Optional[treadle.Dict[str, int]], None).success
    assert not check_dagster_type(treadle.Tuple[int, str], (1, 2)).success


def test_a_generator_of_outputs_is_held_to_it_one_by_one() -> None:
    @multi_asset(outs={"a": AssetOut(), "b": AssetOut(dagster_type=POSITIVE)})
    def both() -> Iterator[treadle.Output[int]]:
        yield treadle.Output(-1, "a")
        yield treadle.Output(-1, "b")

    assert "Output 'b' of 'both' is declared Positive" in failure(both).message


_IMPORTS = "from treadle import DagsterType, PythonObjectDagsterType, dagster_type_loader\n"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("DagsterType(lambda _, v: True)  # at", "DagsterType has no name"),
        ("DagsterType(lambda v: True, name='T')  # at", "does not take just these"),
        ("DagsterType(lambda a, b, c: True, name='T')  # at", "Write lambda _, value: …"),
        ("DagsterType(3, name='T')  # at", "type_check_fn is 3"),
        ("DagsterType(lambda _, v: True, name='T', loader=3)  # at", "loader is 3"),
        ("DagsterType(lambda _, v: True, name='T', is_builtin=True)  # at", "is_builtin"),
        ("PythonObjectDagsterType(3)  # at", "python_type is 3"),
        ("@dagster_type_loader(str)  # at\nclass C: pass", "stands over"),
    ],
)
def test_what_is_no_type_is_refused_where_it_is_written(source: str, words: str) -> None:
    assert words in str(refused(ArgumentError, defs=_IMPORTS + source))


def test_a_manager_is_told_each_type_as_a_dagster_type() -> None:
    told: list[Any] = []

    class Tells(IOManager):
        def handle_output(self, context: OutputContext, obj: object) -> None:
            told.append(context.dagster_type)

        def load_input(self, context: InputContext) -> object:
            assert context.upstream_output is not None
            told.extend([context.dagster_type, context.upstream_output.dagster_type])
            return 1

    @asset
    def first() -> int:
        return 1

    @asset
    def second(first: Any) -> list[int]:
        return [first]

    materialize([first, second], resources={"io_manager": Tells()})

    assert [each.typing_type for each in told] == [int, Any, int, list[int]]
    assert [each.display_name for each in told] == ["Int", "Any", "Int", "list[int]"]
    assert told[-1].type_check_with([1]).success
    assert not told[-1].type_check_with(["x"]).success
