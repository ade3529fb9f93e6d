"""Generators of random numbers that an import made: copies of them would all draw the same.

One whose state is the same in two imports was seeded on purpose, and is left as every import
leaves it. Any other is given a state of its own in each copy of the process.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Collection
from itertools import compress
from typing import Any, Final, TypeAlias

from treadle._system import gc, hashlib
from treadle_contract.lazy_dataclasses import dataclass

Act: TypeAlias = Callable[[], object]
_Maker: TypeAlias = Callable[[Any], "Generator"]

# So many are told apart; what is beyond that counts as not seeded.
_MOST: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """A generator: the digest of its state, what gives it a new one, and what this one again.

    None: that happens in each copy by itself.
    """

    state: str
    renew: Act | None
    keep: Act | None = None


def generator_states() -> tuple[str, ...]:
    """Return digests of the states of all generators in this process, sorted, each once."""
    return tuple(sorted({each.state for each in _generators()})[:_MOST])


def for_copies(elsewhere: Collection[str]) -> tuple[Act, ...]:
    """Return what each copy of this process does with its generators, before it draws from them.

    `elsewhere` are the states that another import left.
    """
    seeded = frozenset(elsewhere)
    acts = [each.keep if each.state in seeded else each.renew for each in _generators()]
    return tuple(act for act in acts if act is not None)


def _generators() -> list[Generator]:
    """Find them all, at once: while the collector's list lives, no tuple can be built of it."""
    # One look at each class, and not at each of the hundreds of thousands of objects.
    objects = gc.get_objects()
    makers = {kind: make for kind in set(map(type, objects)) if (make := _maker(kind)) is not None}
    found = compress(objects, map(makers.__contains__, map(type, objects)))
    return [makers[type(each)](each) for each in found]


def _maker(kind: type) -> _Maker | None:
    if issubclass(kind, random.Random):
        return _of_python
    numpy = sys.modules.get("numpy.random")
    # Past what a metaclass makes of it; a class may have anything there.
    module = type.__getattribute__(kind, "__module__")
    if numpy is None or not isinstance(module, str) or not module.startswith("numpy."):
        return None
    if issubclass(kind, numpy.BitGenerator):
        return _of_numpy
    return _legacy if issubclass(kind, numpy.RandomState) else None


def _of_python(each: random.Random) -> Generator:
    # The class's own, whatever a subclass makes of it.
    state = random.Random.getstate(each)
    # Python itself gives the global one another state in each copy of a process.
    is_global = each is getattr(random.random, "__self__", None)
    return Generator(
        state=_digest(repr(state).encode()),
        renew=None if is_global else lambda: random.Random.seed(each),
        keep=(lambda: random.Random.setstate(each, state)) if is_global else None,
    )


def _of_numpy(each: Any) -> Generator:
    def renew() -> None:
        each.state = type(each)().state

    return Generator(state=_digest(_bytes(each.state)), renew=renew)


def _legacy(each: Any) -> Generator:
    """Take what a RandomState holds beside its bit generator: the second of a pair of numbers."""
    state = each.get_state(legacy=False)

    def renew() -> None:
        each.set_state({**each.get_state(legacy=False), "has_gauss": 0, "gauss": 0.0})

    return Generator(state=_digest(_bytes(state)), renew=renew)


def _bytes(state: Any) -> bytes:
    if isinstance(state, dict):
        return b"".join(name.encode() + _bytes(state[name]) for name in sorted(state))
    # How an array is printed is for users to set.
    return state.tobytes() if hasattr(state, "tobytes") else repr(state).encode()


def _digest(state: bytes) -> str:
    return hashlib.sha256(state).hexdigest()[:32]
