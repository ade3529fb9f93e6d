"""Resources of a step, reached by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from treadle._errors import TreadleError, did_you_mean, listed


class UnknownResourceError(TreadleError, AttributeError):
    """A resource was asked for that this step does not have."""

    def __init__(self, key: str, known: Mapping[str, object]) -> None:
        self.key = key
        super().__init__(
            f"There is no resource {key!r} here.{did_you_mean(key, known)} There are: "
            f"{listed(sorted(known))}. Name it in required_resource_keys of the op, or take it"
            " as a parameter, and give it to Definitions(resources=…)."
        )


def config_of(resources: Mapping[str, Any], key: str) -> Any:
    """Return the config that a resource of a step was made with, None where it has none."""
    configs: Mapping[str, Any] = getattr(resources, "configs", {})
    return configs.get(key)


class Resources:
    """The resources of a step, each an attribute by its key."""

    def __init__(self, by_key: Mapping[str, object]) -> None:
        # As it is: what is made when it is asked for must not be asked for here.
        self._by_key = by_key

    def __getattr__(self, key: str) -> Any:
        # Python's own questions (`__deepcopy__`, say) are none about resources.
        if key.startswith("__") or key == "_by_key":
            raise AttributeError(key)
        if key not in self._by_key:
            raise UnknownResourceError(key, self._by_key)
        return self._by_key[key]

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._by_key))

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._by_key]

    def __repr__(self) -> str:
        return f"<Resources {', '.join(self)}>"
