"""Cases on values: who stores them, who loads them, what is said of them."""

from tests.usecases.running import Asked, case

CASES = [
    case(
        "values/text_files.py",
        Asked(
            select="poem or poem_upper",
            values={"poem": ["roses", "violets"], "poem_upper": "ROSES/VIOLETS"},
            metadata={"poem": {"lines": 2}},
            files={"poem.txt": "roses\nviolets"},
        ),
        Asked(select="poem_upper", values={"poem_upper": "ROSES/VIOLETS"}),
    ),
    case(
        "values/tables_by_metadata.py",
        Asked(
            select="cities or city_count",
            values={"cities": ["ulm", "bonn"], "city_count": 3},
            metadata={"cities": {"table": "main.result", "rows": 2}},
        ),
    ),
    case(
        "values/one_manager_for_each_output.py",
        Asked(
            select="cold or warm or drinks",
            values={"cold": "ice", "warm": "tea", "drinks": "ice tea"},
            files={"cellar/cold": "ice", "kitchen/warm": "tea"},
        ),
    ),
    case(
        "values/a_manager_of_a_function.py",
        Asked(
            select="half_answer or whole_answer",
            values={"half_answer": 21, "whole_answer": 42},
            metadata={"half_answer": {"stored": 42}},
        ),
    ),
    case(
        "values/loaded_by_another.py",
        Asked(
            select="bulk or bulk_name",
            values={"bulk": list(range(100)), "bulk_name": "bulk is bulk"},
        ),
    ),
    case("values/from_elsewhere.py", Asked(select="sales_total", values={"sales_total": 11})),
    case(
        "values/a_factory_of_managers.py",
        Asked(select="replaced or replacement", values={"replaced": 1, "replacement": 9}),
    ),
    case(
        "values/brought_by_the_asset.py",
        Asked(
            select="whisper or shout",
            values={"whisper": "hello", "shout": "HELLO!"},
            metadata={"whisper": {"said": "HELLO"}},
        ),
    ),
    case(
        "values/an_input_manager.py",
        Asked(
            select="workbook or first_sheet",
            values={"workbook": b"PK", "first_sheet": "totals of workbook"},
        ),
    ),
    case(
        "values/files_of_pickles.py",
        Asked(
            select="stored_pickle or read_pickle",
            values={"stored_pickle": {"a": 1}, "read_pickle": 2},
        ),
        Asked(select="read_pickle", values={"read_pickle": 2}),
    ),
    case(
        "values/a_source_asset.py",
        Asked(select="letter_index", values={"letter_index": "index of letters of letters"}),
    ),
]
