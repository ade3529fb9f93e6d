"""An op itself asks to be tried again, and gives up for good another time."""

from treadle import Failure, RetryPolicy, RetryRequested, asset


@asset
def second_try(context) -> str:
    if context.retry_number == 0:
        raise RetryRequested(max_retries=1)
    return "at last"


@asset(retry_policy=RetryPolicy(max_retries=3))
def no_more_tries():
    raise Failure("the door is locked", metadata={"door": 7}, allow_retries=False)
