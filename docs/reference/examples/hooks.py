from treadle import (
    HookContext,
    HookDefinition,
    asset,
    build_hook_context,
    failure_hook,
    materialize,
    success_hook,
)

told = []


@success_hook
def celebrate(context: HookContext):
    told.append(f"{context.op.name} is made")


@failure_hook
def mourn(context: HookContext):
    told.append(f"{context.op.name} has failed")


@asset(hooks={celebrate, mourn})
def orders():
    return [40, 25, 10]


assert materialize([orders]).success
assert told == ["orders is made"]
assert isinstance(celebrate, HookDefinition)
celebrate(build_hook_context(op=orders.op))
assert told == ["orders is made"] * 2
