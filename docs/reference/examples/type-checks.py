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
