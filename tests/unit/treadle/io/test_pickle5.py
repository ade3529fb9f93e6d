from __future__ import annotations

import io
import mmap
import pickle
import platform
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.examples import examples
from treadle.io import _pickle5
from treadle.io._pickle5 import NotPicklableError, Stamp, ValueFileError

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.binary(min_size=2000, max_size=3000)
    | st.binary(max_size=3000).map(bytearray)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(), inner, max_size=5)
    ),
    max_leaves=20,
)
SHAPES = st.lists(st.integers(0, 40), min_size=0, max_size=3).map(tuple)
DTYPES = st.sampled_from(["u1", "i4", ">i8", "f4", "f8", "c16", "?", "S3", "U2", "M8[us]"])
ARRANGEMENTS = st.sampled_from(["C", "F", "reversed", "strided", "readonly"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pickle5")


def dumped(path: Path, value: object) -> Stamp:
    with path.open("wb") as file:
        return _pickle5.dump(value, file)


def through(folder: Path, value: object) -> object:
    path = folder / "value"
    path.unlink(missing_ok=True)  # not overwritten: an earlier example may map it still
    return _pickle5.load(path, dumped(path, value))


def array_of(shape: tuple[int, ...], dtype: str, arrangement: str) -> np.ndarray:
    size = int(np.prod(shape, dtype=int))
    base = (np.arange(size) % 2 if dtype == "?" else np.arange(size) % 97).astype(
        "i8" if dtype == "M8[us]" else dtype
    )
    array = base.astype(dtype).reshape(shape)
    if arrangement == "F":
        return np.asfortranarray(array)
    if arrangement == "reversed":
        return array[::-1] if shape else array
    if arrangement == "strided":
        return np.repeat(array, 2, axis=0)[::2] if shape else array
    if arrangement == "readonly":
        array.setflags(write=False)
    return array


@given(value=VALUES)
def test_any_plain_value_comes_back_equal(folder: Path, value: object) -> None:
    loaded = through(folder, value)

    assert loaded == value
    assert type(loaded) is type(value)


@given(shape=SHAPES, dtype=DTYPES, arrangement=ARRANGEMENTS)
def test_any_array_comes_back_equal_and_as_writable_as_it_was(
    folder: Path, shape: tuple[int, ...], dtype: str, arrangement: str
) -> None:
    array = array_of(shape, dtype, arrangement)

    loaded = through(folder, array)

    assert isinstance(loaded, np.ndarray)
    # numpy itself turns a non-contiguous array to the machine's byte order.
    assert loaded.dtype.newbyteorder("=") == array.dtype.newbyteorder("=")
    np.testing.assert_array_equal(loaded, array)
    # numpy gives datetimes no buffer: it pickles them in band, and loads them writable.
    assert loaded.flags.writeable == array.flags.writeable or array.dtype.kind == "M"


@examples(25)
@given(rows=st.integers(0, 500), seed=st.integers(0, 3))
def test_any_frame_comes_back_equal_and_writable(folder: Path, rows: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "number": random.random(rows),
            "count": random.integers(0, 9, rows),
            "name": [f"n{each}" for each in range(rows)],
            "when": pd.date_range("2013-01-01", periods=rows, freq="h"),
            "kind": pd.Categorical(random.choice(["a", "b"], rows)),
        }
    )

    loaded = through(folder, {"frame": frame, "again": frame["number"]})

    assert isinstance(loaded, dict)
    pd.testing.assert_frame_equal(loaded["frame"], frame)
    pd.testing.assert_series_equal(loaded["again"], frame["number"])
    loaded["frame"]["number"] = 0.0
    loaded["frame"].loc[:, "count"] += 1


@given(data=st.binary(max_size=5000), mutable=st.booleans())
def test_a_pickle_buffer_comes_back_as_bytes_like_of_its_content(
    folder: Path, data: bytes, mutable: bool
) -> None:
    owner: bytes | bytearray = bytearray(data) if mutable else data

    loaded = through(folder, pickle.PickleBuffer(memoryview(owner)))

    view = memoryview(loaded)  # type: ignore[arg-type]  # bytes-like, that is what is shown
    assert view.tobytes() == data
    assert view.readonly is not mutable


@given(data=st.data(), size=st.integers(0, 3000))
def test_any_changed_byte_is_an_error_that_names_the_file(
    folder: Path, data: st.DataObject, size: int
) -> None:
    path = folder / "damaged"
    path.unlink(missing_ok=True)
    stamp = dumped(path, [np.zeros(size, "u1"), "text"])
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)

    for expected in (stamp, None):
        with pytest.raises(ValueFileError, match=f"^{path}: "):
            _pickle5.load(path, expected)


@given(data=st.data(), size=st.integers(0, 3000))
def test_any_cut_file_is_an_error_that_names_the_file(
    folder: Path, data: st.DataObject, size: int
) -> None:
    path = folder / "cut"
    path.unlink(missing_ok=True)
    stamp = dumped(path, np.zeros(size, "u1"))
    content = path.read_bytes()
    path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])

    for expected in (stamp, None):
        with pytest.raises(ValueFileError, match=f"^{path}: "):
            _pickle5.load(path, expected)


def test_another_whole_file_in_its_place_is_an_error(tmp_path: Path) -> None:
    stamp = dumped(tmp_path / "value", "one")
    dumped(tmp_path / "value", "two")

    with pytest.raises(ValueFileError, match=r"its checksum is crc32:\w{8} instead of crc32:"):
        _pickle5.load(tmp_path / "value", stamp)


def test_a_file_of_a_later_format_says_so(tmp_path: Path) -> None:
    dumped(tmp_path / "value", 1)
    content = (tmp_path / "value").read_bytes().replace(b'"format": 1', b'"format": 2')
    (tmp_path / "value").write_bytes(content)

    with pytest.raises(ValueFileError, match="its format is 2, this Treadle reads 1"):
        _pickle5.load(tmp_path / "value")


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueFileError, match="value: the file does not exist"):
        _pickle5.load(tmp_path / "value")


def test_writing_to_a_loaded_array_changes_no_file(tmp_path: Path) -> None:
    stamp = dumped(tmp_path / "value", np.zeros(10_000))

    first = _pickle5.load(tmp_path / "value", stamp)
    assert isinstance(first, np.ndarray)
    first += 1
    second = _pickle5.load(tmp_path / "value", stamp)

    assert isinstance(second, np.ndarray)
    assert second.sum() == 0


def test_big_buffers_are_mapped_and_aligned(tmp_path: Path) -> None:
    value = [np.zeros(1001, "u1"), np.ones(5000), np.ones(5001, "u1"), np.ones(70_000, "i2")]

    loaded = _pickle5.load(tmp_path / "value", dumped(tmp_path / "value", value))

    assert isinstance(loaded, list)
    small, *big = loaded
    assert not isinstance(root_of(small), mmap.mmap)
    for array in big:
        assert isinstance(root_of(array), mmap.mmap)
        assert array.__array_interface__["data"][0] % 64 == 0


def root_of(array: np.ndarray) -> object:
    base: object = array
    while isinstance(base, np.ndarray) and base.base is not None:
        base = base.base
    while isinstance(base, memoryview):
        base = base.obj
    return base


def test_the_header_names_format_and_python(tmp_path: Path) -> None:
    dumped(tmp_path / "value", 1)

    header = (tmp_path / "value").read_bytes()[:64]

    assert b'"format": 1' in header
    assert b'"python": "3.' in header
    assert header.endswith(b"\n")


def test_a_loaded_value_outlives_its_file(tmp_path: Path) -> None:
    stamp = dumped(tmp_path / "value", np.ones(10_000))

    loaded = _pickle5.load(tmp_path / "value", stamp)
    (tmp_path / "value").unlink()

    assert isinstance(loaded, np.ndarray)
    assert loaded.sum() == 10_000


async def _nothing() -> AsyncIterator[None]:
    yield


@pytest.mark.parametrize(
    ("value", "called"),
    [
        ((each for each in ()), "A generator"),
        (_nothing(), "An async_generator"),
        (threading.Lock(), r"A _thread\.lock"),
    ],
)
def test_what_has_no_pickle_is_refused_by_the_name_of_its_type(value: object, called: str) -> None:
    with pytest.raises(NotPicklableError, match=f"{called} cannot be pickled"):
        _pickle5.dump(value, io.BytesIO())


def test_a_strided_buffer_is_refused() -> None:
    buffer = pickle.PickleBuffer(memoryview(bytes(5000))[::2])

    with pytest.raises(NotPicklableError, match="non-contiguous"):
        _pickle5.dump(buffer, io.BytesIO())


class Unreadable:
    def __reduce__(self) -> tuple[object, ...]:
        return int, ("not a number",)


def test_a_pickle_of_another_python_that_does_not_load_names_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "value"
    here, header = platform.python_version(), _pickle5._HEADER
    with monkeypatch.context() as elsewhere:
        other = header.rstrip().replace(here.encode(), b"3.99.1").ljust(len(header) - 1) + b"\n"
        elsewhere.setattr(_pickle5, "_HEADER", other)
        dumped(path, Unreadable())

    with pytest.raises(ValueFileError, match=f"; Python 3.99.1 wrote it, this is {here}"):
        _pickle5.load(path)


def test_a_pickle_that_does_not_load_names_file_and_error(tmp_path: Path) -> None:
    stamp = dumped(tmp_path / "value", Unreadable())

    with pytest.raises(ValueFileError, match=r"value: .*cannot be unpickled \(ValueError") as error:
        _pickle5.load(tmp_path / "value", stamp)

    assert isinstance(error.value.__cause__, ValueError)
