"""What a client may ask of assets: what was made of them, what was said of them, their values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from treadle_client._arguments import text, text_or_none
from treadle_client._messages import AssetEntry, AssetObserved, CheckEvaluated, Materialization
from treadle_client.calls._values import Readers, Reading, load_asset

if TYPE_CHECKING:
    from treadle_client.calls._rpc import LauncherRpc


class AssetsClient:
    """The part of a client that asks of assets."""

    _rpc: LauncherRpc

    def assets(self, location: str | None = None) -> Iterator[AssetEntry]:
        """Yield assets with their latest materialization, sorted by key; None: of all locations."""
        return self._rpc.list_assets(text_or_none(location, name="location"))

    def materializations(
        self, asset_key: str, partition: str | None = None
    ) -> Iterator[Materialization]:
        """Yield an asset's materializations, or those of a partition of it, newest first.

        Raises:
            NotFoundError: no location has the key and no run ever made it.
        """
        key, partition_key = (
            text(asset_key, name="asset_key"),
            text_or_none(partition, name="partition"),
        )
        return self._rpc.list_materializations(key, "", partition_key)

    def check_evaluations(
        self, asset_key: str, check_name: str | None = None
    ) -> Iterator[CheckEvaluated]:
        """Yield what the checks of an asset said, or one of them, newest first.

        Raises:
            NotFoundError: no location has the key, and no run made or checked it.
        """
        name = text_or_none(check_name, name="check_name")
        return self._rpc.list_check_evaluations(text(asset_key, name="asset_key"), name, "")

    def observations(self, asset_key: str) -> Iterator[AssetObserved]:
        """Yield what steps said of an asset that they do not make, newest first.

        Of an asset with an `@observable_source_asset`, these are its observations: `metadata` has the
        version as "dagster/data_version".

        Raises:
            NotFoundError: no location has the key, and no run made or observed it.
        """
        return self._rpc.list_observations(text(asset_key, name="asset_key"), "")

    def load(
        self,
        asset_key: str,
        *,
        partition: str | None = None,
        run: str | None = None,
        definitions: Readers | None = None,
        python_type: object = None,
    ) -> Any:
        """Return the value of an asset, or of a partition of it: of its latest materialization, or that of
        a run.

        It is read in this process, which must be able to import what was pickled. What an IO manager
        of the user's stored, that of `definitions` loads, as `python_type`, without a run's config.

        Raises:
            NotMadeError: no run, or not that one, has made the asset.
            ValueUnreadableError: its value is not there, or not for this process to read.
        """
        key, run_id = text(asset_key, name="asset_key"), text_or_none(run, name="run")
        partition_key = text_or_none(partition, name="partition")
        reading = Reading(definitions, python_type)
        return load_asset(self._rpc, key, run_id, reading, partition_key)
