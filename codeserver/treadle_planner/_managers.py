"""Which IO manager loads and stores a value."""

from __future__ import annotations

from treadle.locations.snapshot import Asset, StepInput
from treadle.ops._ins_outs import DEFAULT_IO_MANAGER
from treadle_contract.lazy_dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manager:
    """An IO manager by its resource key; Treadle's own is no resource unless one is given."""

    key: str
    is_builtin: bool


def loading_manager(asset: Asset, reader: StepInput) -> Manager:
    """Return who loads a stored asset: whom the reader names, else the producer's manager.

    An external asset has no producer: the manager that it names loads it, else the reader's default one.
    """
    if reader.manager_key is not None:
        return Manager(reader.manager_key, reader.manager_builtin)
    is_default = asset.is_external and asset.manager_key == DEFAULT_IO_MANAGER
    is_builtin = reader.manager_builtin if is_default else asset.manager_builtin
    return Manager(asset.manager_key, is_builtin)
