from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_launcher.values.value_keys import (
    asset_value_key,
    intermediate_value_key,
    path_component,
)

RUN = RunId("01ARZ3NDEKTSV4RRFFQ69G5FAV")
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(ANY_TEXT, ANY_TEXT)
def test_a_component_is_one_path_component_and_differs_where_the_text_does(one, other):
    made = path_component(one)
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-%")
    assert 0 < len(made) <= 120
    assert (made == path_component(other)) is (one == other)


def test_long_names_that_begin_alike_stay_apart():
    assert path_component("x" * 500 + "a") != path_component("x" * 500 + "b")


def test_no_asset_key_leads_out_of_its_folder_or_onto_the_link_for_people():
    key = asset_value_key("here", KeyText("../current"), RUN, StepKey("g.s"), 2)
    assert key == f"assets/here/%2E%2E/%63urrent/=/{RUN}.g%2Es.2"


def test_attempts_have_keys_of_their_own():
    keys = {
        intermediate_value_key(RUN, StepKey(step), attempt, output)
        for step in ("a", "a.b")
        for attempt in (1, 2)
        for output in ("result", "re/sult")
    }
    assert len(keys) == 8
