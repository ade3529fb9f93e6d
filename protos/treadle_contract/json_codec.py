"""Messages as proto3-JSON and back, by their tables: what json_format writes and reads.

camelCase names, whole numbers of 64 bits as text, enumerations by full name, defaults left out;
names are read in either spelling, and what is not known here is passed over.
https://protobuf.dev/programming-guides/json/

It may run beside the user's code, and uses nothing then that this could have replaced in the
standard library: what is needed of it is taken on import. What is known of a class is made when
the class is first met, or by `prepare`.
"""

from __future__ import annotations

from _thread import RLock
from collections.abc import Callable, Mapping
from functools import partial
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from treadle_contract.fields import (
    INT32,
    MISSING,
    blank,
    enum_digits,
    enum_name,
    enum_named,
    enum_numbered,
    fields_of,
    is_enum_name,
    is_explicit,
    is_told_by_class,
    message_class,
)
from treadle_contract.json_text import parsed, written
from treadle_contract.json_values import (
    READERS,
    WRITERS,
    Read,
    Write,
    read_many,
    read_map,
    read_text,
    write_many,
    write_map,
)
from treadle_contract.message import ENUMS, ContractError, Field, Kind, Label, Message, shown

M = TypeVar("M", bound=Message)


def dumps(message: Message) -> bytes:
    """Return a message as compact JSON in UTF-8, on one line.

    Half of a surrogate pair in a text becomes "?".
    """
    return written(_writer(type(message))(message))


def loads(cls: type[M], text: bytes) -> M:
    """Return the message that a JSON text holds.

    Raises:
        ContractError: it is not a JSON object, or a field is not of the type that the contract says.
    """
    return decode(cls, parsed(text, cls.__name__))


def encode(message: Message) -> dict[str, Any]:
    """Return a message as a JSON object."""
    obj: dict[str, Any] = _writer(type(message))(message)
    return obj


def decode(cls: type[M], obj: object) -> M:
    """Return the message that a JSON object holds.

    Raises:
        ContractError: a field is not of the type that the contract says.
    """
    try:
        message: M = _reader(cls)(obj)
    except ContractError as error:
        raise error.below(cls.__name__) from None
    except RecursionError:
        raise ContractError(cls.__name__, "is nested too deep") from None
    return message


def prepare(*classes: type[Message]) -> None:
    """Make all that is needed to write and read messages of some classes, and what lies in them."""
    for cls in classes:
        _writer(cls)
        _reader(cls)


_Told: TypeAlias = dict[type[Message], tuple[str, Write]]
# Any: a writer or a reader of one message.
_Codec: TypeAlias = Callable[[Any], Any]
_MAKING: Final = RLock()


class _Codecs:
    """What was made for each class; `make` puts it into a dict, then finishes it.

    It is in the dict before it is finished, since a message may lie in one of its own class. No
    other thread gets it before all that lies in it is finished too.
    """

    def __init__(self, make: Callable[[type[Message], dict[type[Message], _Codec]], None]) -> None:
        self._make = make
        self._made: dict[type[Message], _Codec] = {}
        self._unfinished: dict[type[Message], _Codec] = {}

    def __call__(self, cls: type[Message]) -> _Codec:
        """Return that of a class."""
        made = self._made.get(cls)
        return self._making(cls) if made is None else made

    def _making(self, cls: type[Message]) -> _Codec:
        with _MAKING:
            if cls in self._made:
                return self._made[cls]
            if cls in self._unfinished:
                return self._unfinished[cls]
            is_outermost = not self._unfinished
            try:
                self._make(cls, self._unfinished)
                found = self._unfinished[cls]
                if is_outermost:
                    self._made.update(self._unfinished)
            finally:
                if is_outermost:
                    self._unfinished.clear()
            return found


def _make_writer(cls: type[Message], into: dict[type[Message], _Codec]) -> None:
    rows: list[tuple[str | None, Any, bool]] = []
    slots = tuple(dict.fromkeys(field.slot for field in fields_of(cls)))
    into[cls] = _writing(slots, rows)
    rows.extend(_rows_to_write(cls))


def _rows_to_write(cls: type[Message]) -> list[tuple[str | None, Any, bool]]:
    """List for each slot: its name, how it is written, and whether blanks are written too.

    A slot that holds one of several messages has no name of its own, but one for each class.
    """
    rows: list[tuple[str | None, Any, bool]] = []
    told: dict[str, _Told] = {}
    for field in fields_of(cls):
        if not is_told_by_class(field):
            rows.append((field.json_name, _field_writer(field), is_explicit(field)))
            continue
        if field.slot not in told:
            told[field.slot] = {}
            rows.append((None, told[field.slot], False))
        of = message_class(field)
        told[field.slot][of] = (field.json_name, _writer(of))
    return rows


def _writing(slots: tuple[str, ...], rows: list[tuple[str | None, Any, bool]]) -> Write:
    # With a second slot, it gives a tuple.
    get = attrgetter(*slots, "__class__") if slots else tuple

    def write_message(message: Any) -> dict[str, Any]:
        obj: dict[str, Any] = {}
        for (name, write, explicit), value in zip(rows, get(message), strict=False):
            if value:
                if write is None:
                    obj[name] = value  # type: ignore[index]  # one without a name has a writer
                elif name is not None:
                    obj[name] = write(value)
                else:
                    told, write_told = write[type(value)]
                    obj[told] = write_told(value)
            elif explicit and value is not None:
                obj[name] = value if write is None else write(value)  # type: ignore[index]  # it has one
        return obj

    return write_message if slots else _write_nothing


def _write_nothing(message: Message) -> dict[str, Any]:
    return {}


def _field_writer(field: Field) -> Write | None:
    one = _value_writer(field)
    if field.label is Label.MANY:
        return list if one is None else partial(write_many, one)
    if field.label is Label.MAP:
        return dict if one is None else partial(write_map, one)
    return one


def _value_writer(field: Field) -> Write | None:
    if field.kind is Kind.MESSAGE:
        return _writer(message_class(field))
    if field.kind is Kind.ENUM:
        names: dict[str, str] = {value: enum_name(field, value) for value in ENUMS[field.of].of}
        return partial(_write_enum, names, field)
    return WRITERS[field.kind]


def _write_enum(names: Mapping[str, str], field: Field, value: str) -> str | int:
    name = names.get(value)
    if name is None:
        number = enum_digits(value)
        return enum_name(field, value) if number is None else number
    return name


class _Row(NamedTuple):
    """A field that has a slot: its name there, how the slot is set, how it is read, its blank.

    `read` is None for a text, which is what most fields are.
    """

    name: str
    put: Any
    read: Read | None
    blank: Any
    place: str


class _Table(NamedTuple):
    """How an object becomes a message.

    `names` are those of its fields, `spellings` all that they are read under. `told` are slots that
    hold one of several messages: how one is set, and the fields that it may be.
    """

    rows: list[_Row]
    told: dict[str, tuple[Any, list[_Row]]]
    names: set[str]
    spellings: dict[str, str]


def _make_reader(cls: type[Message], into: dict[type[Message], _Codec]) -> None:
    table = _Table([], {}, set(), {})
    into[cls] = _reading(cls, table)
    _fill(table, cls)


def _fill(table: _Table, cls: type[Message]) -> None:
    for field in fields_of(cls):
        table.names.add(field.json_name)
        table.spellings[field.json_name] = table.spellings[field.name] = field.json_name
        # The message itself lets nobody set it.
        put = vars(cls)[field.slot].__set__
        row = _Row(field.json_name, put, _field_reader(field), blank(field), field.name)
        if is_told_by_class(field):
            table.told.setdefault(field.slot, (put, []))[1].append(row)
        else:
            table.rows.append(row)


def _reading(cls: type[Message], table: _Table) -> Read:
    rows, told, names, spellings = table
    new = object.__new__

    def read_message(obj: Any) -> Message:
        if type(obj) is not dict:
            raise ContractError("", f"is {shown(obj)}; it must be an object")
        if not obj.keys() <= names:
            obj = {spellings.get(name, name): value for name, value in obj.items()}
        message = new(cls)
        get = obj.get
        place = ""
        try:
            for name, put, read, empty, place in rows:  # noqa: B007 (the place of an error)
                value = get(name)
                if value is None:
                    put(message, empty)
                    if empty is MISSING:
                        raise ContractError("", "is not set")
                elif read is not None:
                    put(message, read(value))
                else:
                    put(
                        message,
                        value if type(value) is str and value.isascii() else read_text(value),
                    )
            for put, ways in told.values():
                put(message, None)
                for name, _, read, _, place in ways:  # noqa: B007
                    value = get(name)
                    if value is not None and read is not None:
                        put(message, read(value))
        except ContractError as error:
            raise error.below(place) from None
        return message

    return read_message


def _field_reader(field: Field) -> Read | None:
    one = _value_reader(field)
    if field.label is Label.MANY:
        return partial(read_many, one)
    if field.label is Label.MAP:
        return partial(read_map, one)
    return None if field.kind is Kind.TEXT else one


def _value_reader(field: Field) -> Read:
    if field.kind is Kind.MESSAGE:
        return _reader(message_class(field))
    if field.kind is Kind.ENUM:
        return partial(_read_enum, _enum_values(field), field)
    return READERS[field.kind]


def _enum_values(field: Field) -> dict[str | int, Any]:
    """Return the values of a field that are known here, by name and number."""
    schema = ENUMS[field.of]
    values: dict[str | int, Any] = {}
    for number, value in schema.values.items():
        values[number] = values[enum_name(field, value)] = schema.of(value)
    if field.label is not Label.MANY:
        # What is not set; in a list, an entry that says nothing.
        values[0] = values[enum_name(field, "unspecified")] = None
    return values


def _unknown(field: Field, value: str | int) -> Any:
    """Return a value that is not known here, if a newer contract can have it."""
    number = enum_digits(value) if isinstance(value, str) else value
    if number is not None and INT32[0] <= number <= INT32[1]:
        return enum_numbered(field, number)
    if isinstance(value, str) and is_enum_name(value):
        return enum_named(field, value)
    raise ContractError("", f"is {shown(value)}; it must be the name of a value")


def _read_enum(values: Mapping[str | int, Any], field: Field, value: object) -> Any:
    if not isinstance(value, str | int) or value is True or value is False:
        raise ContractError("", f"is {shown(value)}; it must be the name of a value")
    found = values[value] if value in values else _unknown(field, value)
    if found is None and field.label is Label.ONE:
        raise ContractError("", "is not set")
    return found


_writer: Final[_Codecs] = _Codecs(_make_writer)
_reader: Final[_Codecs] = _Codecs(_make_reader)
