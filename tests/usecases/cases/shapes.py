"""Shapes of public projects, in words of our own: they say `from dagster import …`, and run when that alone is changed.

What is expected is what Dagster makes of them.
"""

from tests.usecases.running import Asked, Checked, case

_FILMS = [
    {"id": "1", "title": "Metropolis", "source": "2024-01-01-a.tsv"},
    {"id": "2", "title": "M", "source": "2024-01-01-b.tsv"},
    {"id": "3", "title": "Faust", "source": "2024-01-01-b.tsv"},
]
_SCANS = ["ours/0.dcm", "ours/1.dcm", "ours/2.dcm"]


def _towns(year: int, said: str = "") -> dict[str, list[str]]:
    return {"features": [f"town {number} of {year}{said}" for number in range(year - 1988)]}


CASES = [
    case(
        "shapes/aligned_maps.py",
        Asked(
            select="key:maps/* or control_points/points",
            values={
                "control_points/points": [(0, 1), (5, 6)],
                "maps/raw/1990": _towns(1990),
                "maps/raw/1991": _towns(1991),
                "maps/aligned/1990": _towns(1990, " by 2 points"),
                "maps/aligned/1991": _towns(1991, " by 2 points"),
            },
            metadata={"maps/raw/1991": {"features": 3}, "maps/aligned/1990": {"features": 2}},
        ),
        Asked(
            select="maps/aligned/1991",
            values={"maps/aligned/1991": _towns(1991, " by 2 points")},
        ),
    ),
    case(
        "shapes/film_layers.py",
        Asked(
            select="+film_titles",
            values={
                "lake/bronze/films_raw": None,
                "lake/silver/films": _FILMS,
                "film_titles": ["Faust", "M", "Metropolis"],
            },
            metadata={"lake/bronze/films_raw": {"files": 2, "day": "2024-01-01"}},
            checks={"lake/silver/films:ids_are_unique": Checked(True, metadata={"ids": 3})},
        ),
    ),
    case(
        "shapes/forecast_service.py",
        Asked(
            select="group:forecast",
            values={
                "service_token": "token-south",
                "input_series": {"values": [1.0, 2.0, 4.0]},
                "service_payload": {"n": 3, "series": [1.0, 2.0, 4.0]},
                "predicted_series": {"values": [5.0, 6.0, 7.0]},
            },
            metadata={"predicted_series": {"horizon": 3, "mean": 6.0}},
        ),
    ),
    case(
        "shapes/outside_tools.py",
        Asked(
            select="key:models/* or group:reports",
            values={
                "models/stg_people": None,
                "models/stg_visits": None,
                "models/visits_per_person": None,
                "visits_report": "5 visits of 3 people",
                "export_done": None,
            },
            metadata={"models/stg_visits": {"rows": 5, "profile": "dev"}},
            checks={
                f"models/{name}:not_empty": Checked(True)
                for name in ("stg_people", "stg_visits", "visits_per_person")
            },
        ),
    ),
    case(
        "shapes/reference_tables.py",
        Asked(
            select="compartments or reactions",
            values={
                "compartments": [
                    {"id": "c", "name": "cytosol"},
                    {"id": "m", "name": "mitochondrion"},
                ],
                "reactions": [
                    {"id": "R1", "equation": "A = B"},
                    {"id": "R2", "equation": "B = C"},
                    {"id": "R3", "equation": "C = D"},
                ],
            },
        ),
    ),
    case(
        "shapes/scans.py",
        Asked(
            job="import_scans",
            values={"raw_scans": _SCANS, "scan_count": 3},
            metadata={"raw_scans": {"files": 3, "first": "ours/0.dcm"}},
        ),
        Asked(
            select="raw_scans",
            config={"ops": {"raw_scans": {"ops": {"provider_keys": {"config": {"at_least": 9}}}}}},
            steps={
                "raw_scans.provider_keys": "FAILED",
                "raw_scans.copied": "NOT_RUN",
                "raw_scans.raw_file_list": "NOT_RUN",
            },
            failures={"raw_scans.provider_keys": "too few scans"},
        ),
    ),
    case(
        "shapes/share_prices.py",
        Asked(
            select="highest_price",
            config={
                "ops": {"highest_price": {"ops": {"get_s3_data": {"config": {"s3_key": "x"}}}}},
                "resources": {"s3": {"config": {"bucket": "prices"}}},
            },
            values={"highest_price": "12.25"},
        ),
        Asked(select="highest_price", refused="s3_key"),
    ),
    case(
        "shapes/staged_and_checked.py",
        Asked(
            select="members or members_summary or greeting_cards or posted_cards",
            values={
                "members": [{"id": 1, "name": "ada"}],
                "members_summary": {"rows": 1},
                "greeting_cards": ["dear ada"],
                "posted_cards": 1,
            },
            checks={
                "members:few_nulls": Checked(False, "WARN", {"nulls": 1}),
                "greeting_cards:every_card_has_a_name": Checked(True),
            },
        ),
    ),
    case(
        "shapes/trained_model.py",
        Asked(
            job="train_well",
            values={
                "training_set": [(x, 2 * x) for x in range(6)],
                "test_set": [(6, 12), (7, 14)],
                "line_model": {"slope": 2.0, "degree": 1},
                "fit_history": [1.993, 1.994, 1.995],
                "model_error": 0.0,
            },
            metadata={"model_error": {"error": 0.0}, "test_set": {"rows": 2}},
            checks={"model_error:is_good": Checked(True)},
        ),
    ),
    case(
        "shapes/watermarks.py",
        Asked(
            select="key:plant/*",
            values={
                "plant/transformations": None,
                "plant/fact_readings": [
                    {"at": at, "value": at * 10, "device": f"d{at % 2}"} for at in range(4, 8)
                ],
                "plant/ingestion_control": {"at": 7, "rows": 4, "db": "sqlite://plant"},
            },
        ),
    ),
    case(
        "shapes/stations.py",
        Asked(job="stations_trial", says=("fetched of trial",)),
        Asked(
            job="stations_nightly",
            config={"most": 2},
            steps={"stations_nightly.summary": "FAILED"},
            failures={"stations_nightly.summary": "3 is above 2"},
            says=("fetched of real",),
            files={"told.txt": "summary: 3 is above 2"},
        ),
        Asked(job="stations_nightly", config={"mst": 2}, refused="mst"),
    ),
]
