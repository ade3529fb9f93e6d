"""Holds a value that goes into an op, or comes out of it, to its declared type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from treadle.steps._failures import StepFailedError, user_code
from treadle.types._mismatch import mismatch
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.run import FailureWhere
from treadle_contract.value import MetadataEntry

if TYPE_CHECKING:
    from treadle.types._dagster_type import DagsterType, TypeCheck

NO_ENTRIES: Final[tuple[MetadataEntry, ...]] = ()


@dataclass(slots=True, kw_only=True)
class ValueCheck:
    """One check of one value. `subject` says of what, `what` where it comes from, `fix` what helps.

    `name` is what the value is called where a part of it is named. `entries` is what a type of the
    user's had to say of it.
    """

    subject: str
    name: str
    what: str
    fix: str
    resources: Mapping[str, Any]
    run_id: str
    entries: tuple[MetadataEntry, ...] = NO_ENTRIES

    def hold(self, value: object, declared: Any) -> tuple[MetadataEntry, ...]:
        """Return what is to be kept of the check.

        Raises:
            StepFailedError: the value is not of the type, or the type's own check raised.
        """

        def check(own: DagsterType, part: object) -> TypeCheck:
            subject = f"{self.subject}: the check of type {own.display_name!r}"
            with user_code(FailureWhere.TYPE_CHECK, subject):
                told = own.type_check_with(part, self.resources, self.run_id)
            # Of the whole, or of the part that is not right: a list may have thousands.
            if part is value or not told.success:
                self.entries = told.entries
            return told

        found = mismatch(value, declared, name=self.name, check=check)
        if found is None:
            return self.entries
        from treadle.steps._type_check import type_name  # noqa: PLC0415 -- what succeeds needs nothing of it
        from treadle.types._told import told  # noqa: PLC0415 -- as above

        raise StepFailedError(
            FailureWhere.TYPE_CHECK,
            f"{self.subject} is declared {type_name(declared)}, but"
            f" {told(found, name=self.name, what=self.what)}. {self.fix}",
            metadata=self.entries,
        )
