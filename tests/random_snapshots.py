"""Random snapshots for hypothesis, with something of everything that a snapshot may hold."""

from __future__ import annotations

from hypothesis import strategies as st

from treadle.locations.snapshot import (
    Asset,
    AssetSource,
    Block,
    Job,
    Manifest,
    OutputSource,
    Resource,
    Snapshot,
    SourceLine,
    Step,
    StepInput,
    StepOutput,
)
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.plan import Siblings, UnselectedOutputs
from treadle_contract.policy import Limits, RetryCause, RetryPolicy
from treadle_contract.value import MetadataEntry

text = st.text(max_size=8)
keys = text.map(KeyText)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text,
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
tags = st.dictionaries(text, text, max_size=2)
lines = st.none() | st.builds(SourceLine, file=text, line=st.integers(0, 9))
sources = st.builds(OutputSource, step_key=text.map(StepKey), output=text) | st.builds(
    AssetSource, asset_key=keys
)
names = st.lists(text, max_size=2).map(tuple)
steps = st.builds(
    Step,
    key=text.map(StepKey),
    node=text,
    block=text,
    op=text,
    inputs=st.lists(
        st.builds(StepInput, name=text, sources=st.lists(sources, max_size=2).map(tuple)),
        max_size=2,
    ).map(tuple),
    outputs=st.lists(
        st.builds(StepOutput, name=text, asset_keys=names, input_names=st.none() | names),
        max_size=2,
    ).map(tuple),
    resource_keys=names,
    tags=tags,
    retry_policy=st.none() | st.just(RetryPolicy(max_retries=1, on=(RetryCause.OOM,))),
    timeout_ms=st.integers(0, 2),
    limits=st.none() | st.just(Limits(niceness=1)),
    source=lines,
)
snapshots = st.builds(
    Snapshot,
    blocks=st.lists(
        st.builds(
            Block,
            name=text,
            asset_keys=names,
            unselected_outputs=st.none() | st.sampled_from(UnselectedOutputs),
            siblings=st.none() | st.sampled_from(Siblings),
            source=lines,
        ),
        max_size=2,
    ).map(tuple),
    steps=st.lists(steps, max_size=2).map(tuple),
    assets=st.lists(
        st.builds(
            Asset,
            key=keys,
            step_key=st.none() | text.map(StepKey),
            metadata=st.lists(
                st.builds(MetadataEntry, name=text, value=json_values), max_size=2
            ).map(tuple),
            tags=tags,
        ),
        max_size=2,
    ).map(tuple),
    jobs=st.lists(st.builds(Job, name=text, selection=text, tags=tags), max_size=2).map(tuple),
    resources=st.lists(st.builds(Resource, key=text, type_name=text), max_size=1).map(tuple),
    digest=text,
    manifest=st.builds(Manifest, ops=tags, files=tags, distributions=tags, values=tags),
    warnings=names,
)
