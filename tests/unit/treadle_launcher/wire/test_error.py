from __future__ import annotations

import grpc

from treadle_api.refusals import CODES
from treadle_launcher.errors import (
    CodeServerRefusedError,
    ForeignRefusal,
    Reason,
    UnknownAssetError,
)
from treadle_launcher.wire.error import encode_refusal


def test_every_reason_is_one_of_the_contract() -> None:
    assert set(Reason) == CODES.keys()


def test_an_asset_without_history_is_not_found_and_one_in_a_selection_is_a_wrong_word() -> None:
    foreign = ForeignRefusal(reason=Reason.UNKNOWN_ASSET, message="No asset is named x.")

    assert encode_refusal(UnknownAssetError(["x"])).code is grpc.StatusCode.NOT_FOUND
    selected = encode_refusal(CodeServerRefusedError(foreign))
    assert selected.code is grpc.StatusCode.INVALID_ARGUMENT
