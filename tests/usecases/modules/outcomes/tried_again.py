"""An op that fails at first is tried again, as its policy says."""

from treadle import RetryPolicy, asset


@asset(retry_policy=RetryPolicy(max_retries=2))
def third_try(context) -> int:
    if context.retry_number < 2:
        raise ConnectionError("the line is busy")
    return context.retry_number
