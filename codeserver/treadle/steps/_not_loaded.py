"""What an op gets for an input that none of its selected outputs needs: it fails when it is used."""

from __future__ import annotations

from typing import Any, Final, NoReturn

from treadle._errors import TreadleError, listed


class NotLoadedError(TreadleError):
    """An op used an input that was not loaded, because no selected output needs it."""

    def __init__(self, argument: str, step_key: str, selected: tuple[str, ...]) -> None:
        super().__init__(
            f"Input {argument!r} of {step_key!r} was not loaded: none of the selected outputs"
            f" ({listed(selected)}) is said to need it. Use it for outputs that need it alone, those"
            " in context.selected_output_names; or say in internal_asset_deps that these need it"
            " too; or give the argument a default."
        )


class NotLoaded:
    """Stands for a value that was not loaded. It can be passed on, and nothing else."""

    __slots__ = ("_about",)

    def __init__(self, argument: str, step_key: str, selected: tuple[str, ...]) -> None:
        object.__setattr__(self, "_about", (argument, step_key, selected))

    def __repr__(self) -> str:
        # Loggers and debuggers may show it: that uses nothing of it.
        return f"<input {object.__getattribute__(self, '_about')[0]!r}, not loaded>"

    def __getattr__(self, name: str) -> NoReturn:
        _refuse(self)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        _refuse(self)


def _refuse(value: NotLoaded, *_args: Any, **_kwargs: Any) -> NoReturn:
    raise NotLoadedError(*object.__getattribute__(value, "_about"))


_USES: Final = """
    abs add aenter aexit aiter and anext array await bool bytes call complex contains copy deepcopy
    delitem dir divmod enter eq exit float floordiv format fspath ge getitem gt hash iadd iand
    index int invert ior isub iter itruediv imul le len lshift lt matmul mod mul ne neg next or pos
    pow radd rand rdivmod reduce_ex reversed rfloordiv rlshift rmatmul rmod rmul ror round rpow
    rrshift rshift rsub rtruediv rxor setitem str sub truediv trunc xor
"""
"""Python's operations that would make something of a value, by their methods' names."""

for _use in _USES.split():
    setattr(NotLoaded, f"__{_use}__", _refuse)
