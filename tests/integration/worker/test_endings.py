"""How attempts end, run by a real host: what its records say, and what is left behind."""

from __future__ import annotations

from treadle._files import FileStore
from treadle.task import ValueRef

MODULE_OF_ONE = """
    @asset
    def thing():
        print("hello")
        return 41 + 1
"""


def test_success_stores_the_value_and_names_it(place):
    served = place.serve(MODULE_OF_ONE)

    begun, succeeded = served.run()

    assert begun["begun"]["process"]["pid"] == succeeded["succeeded"]["pid"]
    (stored,) = succeeded["succeeded"]["stored"]
    assert stored["assetKey"] == "thing"
    ref = stored["valueRef"]
    value = FileStore(place.folder / "values").read_value(
        ValueRef(
            store=ref["store"],
            key=ref["key"],
            codec=ref["codec"],
            size_bytes=int(ref["sizeBytes"]),
            checksum=ref["checksum"],
        )
    )
    assert value == 42
    assert succeeded["succeeded"]["materialized"][0]["digest"] == served.digest
    assert place.log("stdout") == "hello\n"
