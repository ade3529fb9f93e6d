"""Cases on outcomes: retries, failures, types, what ops say."""

from tests.usecases.running import Asked, case

CASES = [
    case("outcomes/tried_again.py", Asked(select="third_try", values={"third_try": 2})),
    case(
        "outcomes/asks_for_another_try.py",
        Asked(
            select="second_try or no_more_tries",
            values={"second_try": "at last"},
            steps={"no_more_tries": "FAILED"},
            failures={"no_more_tries": "the door is locked"},
        ),
    ),
    case(
        "outcomes/failed_upstream.py",
        Asked(
            select="broken_source or bucket or garden",
            values={"garden": "green"},
            steps={"broken_source": "FAILED", "bucket": "NOT_RUN"},
            failures={"broken_source": "the well is dry"},
        ),
    ),
    case(
        "outcomes/wrong_type.py",
        Asked(
            select="promised_number or promised_reader",
            steps={"promised_number": "FAILED", "promised_reader": "NOT_RUN"},
            failures={"promised_number": "int"},
        ),
    ),
    case(
        "outcomes/logged.py",
        Asked(
            select="logged_lines",
            values={"logged_lines": 2},
            says=("half full", "nearly empty"),
        ),
    ),
    case(
        "outcomes/named_outputs.py",
        Asked(select="low_text or high_text", values={"low_text": "1", "high_text": "9"}),
    ),
    case("outcomes/defaults.py", Asked(select="full_bowl", values={"full_bowl": [7, 7, 7]})),
    case(
        "outcomes/tables_of_metadata.py",
        Asked(select="measured_table", values={"measured_table": None}),
    ),
]
