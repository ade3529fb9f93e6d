"""Cases on config: what ops and resources are told by definitions, jobs and runs."""

from tests.usecases.running import Asked, case

CASES = [
    case(
        "config/class_of_an_asset.py",
        Asked(
            select="greeting",
            config={"ops": {"greeting": {"config": {"who": "ada", "times": 2}}}},
            values={"greeting": "hello ada hello ada"},
        ),
        Asked(select="greeting", refused="who"),
    ),
    case(
        "config/ops_of_a_graph.py",
        Asked(
            select="page_rows",
            config={
                "ops": {
                    "page_rows": {
                        "ops": {
                            "read_page": {"config": {"size": 2}},
                            "trimmed": {"config": {"longest": 1}},
                        }
                    }
                }
            },
            values={"page_rows": ["0", "1"]},
        ),
        Asked(
            select="page_rows",
            config={"ops": {"page_rows": {"ops": {"read_page": {"config": {"sise": 2}}}}}},
            refused="size",
        ),
    ),
    case(
        "config/mapped_for_a_graph.py",
        Asked(
            select="number_range",
            config={"ops": {"number_range": {"config": {"low": 3, "high": 5}}}},
            values={"number_range": [3, 4]},
        ),
        Asked(
            select="wide_range",
            config={"ops": {"wide_range": {"config": {"width": 2}}}},
            values={"wide_range": [1, 2]},
        ),
    ),
    case(
        "config/fixed_in_a_graph.py",
        Asked(select="reduced_price", values={"reduced_price": 20}),
        Asked(
            select="reduced_price",
            config={"ops": {"reduced_price": {"ops": {"price": {"config": {"rounded": False}}}}}},
            values={"reduced_price": 20.0},
        ),
    ),
    case(
        "config/schema_of_fields.py",
        Asked(
            select="query_text",
            config={
                "ops": {
                    "query_text": {
                        "config": {
                            "columns": ["id", "name"],
                            "where": None,
                            "order": {"by": "id", "down": True},
                        }
                    }
                }
            },
            values={"query_text": "select id, name order by id desc limit 10"},
        ),
        Asked(
            select="query_text",
            config={"ops": {"query_text": {"config": {"columns": "id", "where": None}}}},
            refused="columns",
        ),
    ),
    case(
        "config/nested_classes.py",
        Asked(
            select="source_list",
            config={
                "ops": {
                    "source_list": {
                        "config": {
                            "sources": [
                                {"path": "a", "format": {"kind": "csv"}},
                                # In Dagster's words.
                                {"path": "b", "format": {"fixed": {"widths": [3]}}},
                            ],
                            "labels": {"x": "1"},
                        }
                    }
                }
            },
            values={"source_list": ["a csv", "b fixed", "x"]},
        ),
        Asked(
            select="source_list",
            config={
                "ops": {
                    "source_list": {
                        "config": {"sources": [{"path": "b", "format": {"kind": "fixed"}}]}
                    }
                }
            },
            refused="widths",
        ),
        Asked(
            select="source_list",
            config={
                "ops": {
                    "source_list": {"config": {"sources": [{"path": "b", "format": {"xml": {}}}]}}
                }
            },
            refused=r"format: expected a map whose 'kind' is one of 'csv', 'fixed', got",
        ),
    ),
    case(
        "config/bounds_of_values.py",
        Asked(
            select="placed_order",
            config={
                "ops": {"placed_order": {"config": {"size": "SMALL", "pieces": 2, "code": "a1"}}}
            },
            values={"placed_order": "2 SMALL a1"},
        ),
        Asked(
            select="placed_order",
            config={
                "ops": {"placed_order": {"config": {"size": "small", "pieces": 0, "code": "a1"}}}
            },
            refused="pieces",
        ),
    ),
    case(
        "config/from_the_environment.py",
        Asked(
            select="account_line",
            config={
                "ops": {
                    "account_line": {
                        "config": {"name": "ada", "region": {"env": "TREADLE_TEST_REGION"}}
                    }
                }
            },
            values={"account_line": "ada in south"},
        ),
    ),
    case(
        "config/open_to_more.py",
        Asked(
            select="label_count",
            config={"ops": {"label_count": {"config": {"owner": "ada", "a": 1, "b": [2]}}}},
            values={"label_count": 2},
        ),
    ),
    case(
        "config/of_a_job.py",
        Asked(job="weekly", values={"window_text": "7 days to today"}),
        Asked(
            job="weekly",
            config={"ops": {"window_text": {"config": {"end": "may"}}}},
            values={"window_text": "7 days to may"},
        ),
        Asked(select="window_length", values={"window_length": 13}),
    ),
    case(
        "config/for_what_is_left_out.py",
        Asked(
            select="short_word",
            config={"ops": {"length_graph": {"ops": {"worded": {"config": {"text": "x"}}}}}},
            values={"short_word": "s"},
        ),
        Asked(
            select="worded_long",
            config={"ops": {"length_graph": {"ops": {"worded": {"config": {"text": "x"}}}}}},
            values={"worded_long": "xlooong"},
        ),
    ),
    case(
        "config/nested_graphs.py",
        Asked(
            select="deep_scaled",
            config={
                "ops": {
                    "deep_scaled": {
                        "ops": {
                            "twice_scaled": {
                                "ops": {
                                    "scaled": {"config": {"by": 2}},
                                    "again": {"config": {"by": 3}},
                                }
                            }
                        }
                    }
                }
            },
            values={"deep_scaled": 42},
        ),
    ),
]
