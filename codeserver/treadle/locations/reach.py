"""What the code of steps reaches, as plain frozen data: a part of the snapshot that no digest is over."""

from __future__ import annotations

from collections.abc import Mapping

from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What the outcome of a step may rest on beside its inputs and config: of the user's code, of its
    resources, of the code versions that are declared.

    `digest` is over all of it, `parts` are the places in `Reach` of the definitions in it.
    """

    digest: str
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What steps reach, by key, of those that rest on more than the code of their op.

    `names` are the definitions of the user's that some step reaches, "module.name", and `digests` short
    digests of what each has itself. Of one name there may be several. `seeing` are the steps whose op has
    its context, or may get it: those can tell what is selected. `variables` are the environment variables that
    steps may read by an `EnvVar` of their code or their resources; "" where its name cannot be told.
    """

    steps: Mapping[StepKey, Reached] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    seeing: frozenset[StepKey] = frozenset()
    variables: Mapping[StepKey, tuple[str, ...]] = field(default_factory=dict)

    def digest_of(self, step_key: StepKey) -> str:
        """Return the digest of what a step reaches, "" where its op's says all."""
        found = self.steps.get(step_key)
        return "" if found is None else found.digest

    def parts_of(self, step_key: StepKey) -> dict[str, str]:
        """Return the digests of the definitions that a step reaches, by name."""
        found = self.steps.get(step_key)
        parts: dict[str, str] = {}
        for place in () if found is None else found.parts:
            name, digest = self.names[place], self.digests[place]
            parts[name] = f"{parts[name]} {digest}" if name in parts else digest
        return parts
