"""Values that belong to users, and references to values that lie in storage.

Generated from value.proto by scripts/gen_protos.py: change that file, then `make protos`.
"""

from __future__ import annotations


from treadle_contract.ids import TextId
from treadle_contract.message import ContractEnum, ENUMS, EnumSchema, MESSAGES, Message, UserValue


class AssetCheckSeverity(ContractEnum):
    """How bad it is that an asset check did not hold."""

    WARN = "warn"
    """Somebody should look."""
    ERROR = "error"
    """The asset is wrong. A blocking check fails its step."""


class MetadataEntry(Message):
    """One named fact about an asset, an output or a materialization."""

    __slots__ = __match_args__ = ('name', 'value', 'rendering')
    name: str
    """The name, unique among the entries of one thing."""
    value: UserValue
    """The fact."""
    rendering: str
    """How a person wants to see it. Text: "text", "url", "path", "notebook", "markdown",
    "python_artifact" as module:name, "run" as its id, "asset" as its key. A moment:
    "timestamp". Maps and lists: "json", "job" {job, location}, "code_references" [{file_path,
    line_number, label} or {url, label}], "table" {schema, records: [{column: value}]},
    "table_schema" {columns: [{name, type, description, tags, constraints: {nullable, unique,
    other}}], constraints: {other}}, "table_column_lineage" {column: [{asset_key,
    column_name}]}. Empty: plain. What a reader does not know is plain."""

    def __init__(
        self,
        *,
        name: str = "",
        value: UserValue = None,
        rendering: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'value', value)
        put(self, 'rendering', rendering)

    FIELDS = (
        ('name', 1, 'name', 'text', 'one', '', 'name', False, 13),
        ('value', 2, 'value', 'value', 'one', '', 'value', False, 0),
        ('rendering', 3, 'rendering', 'text', 'one', '', 'rendering', False, 1),
    )


class Text(Message):
    """Text that may be long. Up to 32 KiB it stands here whole; over that its two ends stand here
    and the whole is streamed by LauncherService.ReadText."""

    __slots__ = __match_args__ = ('head', 'tail', 'omitted_bytes', 'text_id')
    head: str
    """The whole text, or its first bytes when omitted_bytes is positive."""
    tail: str
    """The last bytes of the text. Set only when omitted_bytes is positive."""
    omitted_bytes: int
    """Bytes of UTF-8 between head and tail that are not in this message. 0: head is all."""
    text_id: TextId
    """The name under which ReadText streams the whole. Set only when omitted_bytes is positive."""

    def __init__(
        self,
        *,
        head: str = "",
        tail: str = "",
        omitted_bytes: int = 0,
        text_id: TextId = TextId(""),
    ) -> None:
        put = object.__setattr__
        put(self, 'head', head)
        put(self, 'tail', tail)
        put(self, 'omitted_bytes', omitted_bytes)
        put(self, 'text_id', text_id)

    FIELDS = (
        ('head', 1, 'head', 'text', 'one', '', 'head', False, 0),
        ('tail', 2, 'tail', 'text', 'one', '', 'tail', False, 0),
        ('omitted_bytes', 3, 'omittedBytes', 'wide', 'one', '', 'omitted_bytes', False, 23),
        ('text_id', 4, 'textId', 'text', 'one', '', 'text_id', False, 1),
    )


class ValueRef(Message):
    """The name of one stored value. Any process that can reach the store can read the value with
    nothing else; the value it names never changes."""

    __slots__ = __match_args__ = ('store', 'key', 'codec', 'size_bytes', 'checksum', 'untouched')
    store: str
    """Which store: "files" is the launcher home's own."""
    key: str
    """The name inside the store: path components joined by "/", never absolute."""
    codec: str
    """How the bytes are to be read. "pickle5" is pickle protocol 5 with its buffers beside it: 0
    magic, 16 bytes: the byte 89, "treadle-value", the bytes 0d 0a 16 format and Python version
    as a line of JSON, padded with spaces to byte 64 64 the pickle stream … its out-of-band
    buffers, each at a multiple of 64 … the index as JSON: [offset, size, read-only as 0 or 1]
    of the stream, then of each buffer end 24 bytes, integers little-endian: offset and size of
    the index, 8 bytes each; then the 8 bytes of BLAKE2b over the CRC-32, in 4 bytes, of all
    bytes before"""
    size_bytes: int
    """The length of the stored bytes."""
    checksum: str
    """The checksum of the stored bytes as "algorithm:hexadecimal", for example "crc32:89abcdef"."""
    untouched: str
    """What the file was when it was written, as "boot id:inode:time of its last change in
    nanoseconds since 1970": a reader that finds the same MAY leave out the checksum. Empty:
    read all."""

    def __init__(
        self,
        *,
        store: str,
        key: str,
        codec: str = "",
        size_bytes: int = 0,
        checksum: str = "",
        untouched: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'store', store)
        put(self, 'key', key)
        put(self, 'codec', codec)
        put(self, 'size_bytes', size_bytes)
        put(self, 'checksum', checksum)
        put(self, 'untouched', untouched)

    FIELDS = (
        ('store', 1, 'store', 'text', 'one', '', 'store', True, 1),
        ('key', 2, 'key', 'text', 'one', '', 'key', True, 16),
        ('codec', 3, 'codec', 'text', 'one', '', 'codec', False, 1),
        ('size_bytes', 4, 'sizeBytes', 'wide', 'one', '', 'size_bytes', False, 23),
        ('checksum', 5, 'checksum', 'text', 'one', '', 'checksum', False, 1),
        ('untouched', 6, 'untouched', 'text', 'one', '', 'untouched', False, 1),
    )


class ConfigPlace(Message):
    """A place in the config of a run where something is told."""

    __slots__ = __match_args__ = ('path', 'json_schema', 'given')
    path: tuple[str, ...]
    """The names that lead there, for example "ops", "my_graph", "ops", "fetch", "config"."""
    json_schema: str
    """What may stand there: a JSON Schema (2020-12), of which a value may be {"env": NAME}
    wherever a text, a number or a truth value may stand. What is "writeOnly" is a secret, and
    must be so."""
    given: UserValue
    """What the definitions say at this place, over the defaults of the schema. Null: nothing."""

    def __init__(
        self,
        *,
        path: tuple[str, ...] = (),
        json_schema: str = "",
        given: UserValue = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'path', path)
        put(self, 'json_schema', json_schema)
        put(self, 'given', given)

    FIELDS = (
        ('path', 1, 'path', 'text', 'many', '', 'path', False, 0),
        ('json_schema', 2, 'jsonSchema', 'text', 'one', '', 'json_schema', False, 28),
        ('given', 3, 'given', 'value', 'one', '', 'given', False, 27),
    )


class ResourceConfig(Message):
    """What a run tells a resource."""

    __slots__ = __match_args__ = ('key', 'config')
    key: str
    """The resource's key."""
    config: UserValue
    """What is at Resource.config.path, with what its definition says and all defaults. Secrets
    stand as the name of their variable, or not at all."""

    def __init__(
        self,
        *,
        key: str,
        config: UserValue = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'key', key)
        put(self, 'config', config)

    FIELDS = (
        ('key', 1, 'key', 'text', 'one', '', 'key', True, 1),
        ('config', 2, 'config', 'value', 'one', '', 'config', False, 27),
    )


class SourceLocation(Message):
    """A place in the user's source code."""

    __slots__ = __match_args__ = ('file', 'line')
    file: str
    """The file, as an absolute path on the machine of the code server."""
    line: int
    """The line, counted from 1. 0: unknown."""

    def __init__(
        self,
        *,
        file: str = "",
        line: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'file', file)
        put(self, 'line', line)

    FIELDS = (
        ('file', 1, 'file', 'text', 'one', '', 'file', False, 5),
        ('line', 2, 'line', 'whole', 'one', '', 'line', False, 23),
    )


ENUMS['AssetCheckSeverity'] = EnumSchema(AssetCheckSeverity, 'ASSET_CHECK_SEVERITY_', {0: 'unspecified', 1: 'warn', 2: 'error'})
MESSAGES['MetadataEntry'] = MetadataEntry
MESSAGES['Text'] = Text
MESSAGES['ValueRef'] = ValueRef
MESSAGES['ConfigPlace'] = ConfigPlace
MESSAGES['ResourceConfig'] = ResourceConfig
MESSAGES['SourceLocation'] = SourceLocation
