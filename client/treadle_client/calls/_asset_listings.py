"""The launcher's RPCs that list what became of assets, of which LauncherRpc is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeVar

from treadle_api.v1 import launcher_pb2, launcher_pb2_grpc
from treadle_client._messages import AssetEntry, AssetObserved, CheckEvaluated, Materialization
from treadle_client._view import View
from treadle_client.calls._translate import translated

PAGE_SIZE: Final = 500

V = TypeVar("V", bound=View)


class AssetListings:
    """Lists assets, materializations, results of checks and observations, a page at a time."""

    if TYPE_CHECKING:
        address: str

        def _pages(
            self,
            method: Callable[[launcher_pb2_grpc.LauncherServiceStub], Callable[..., Any]],
            request: Any,
            items: Callable[[Any], Iterable[Any]],
            into: type[V],
        ) -> Iterator[V]: ...

    def list_assets(self, location: str) -> Iterator[AssetEntry]:
        """List assets with their latest materialization, sorted by key, a page at a time."""
        with translated(self.address):
            request = launcher_pb2.ListAssetsRequest(page_size=PAGE_SIZE, location=location)
        return self._pages(
            lambda stub: stub.ListAssets, request, lambda page: page.assets, AssetEntry
        )

    def list_materializations(
        self, asset_key: str, run_id: str, partition_key: str = ""
    ) -> Iterator[Materialization]:
        """List the materializations of an asset, a partition or a run, newest first, a page at a time."""
        with translated(self.address):
            request = launcher_pb2.ListMaterializationsRequest(
                asset_key=asset_key,
                run_id=run_id,
                partition_key=partition_key,
                page_size=PAGE_SIZE,
            )
        return self._pages(
            lambda stub: stub.ListMaterializations,
            request,
            lambda page: page.materializations,
            Materialization,
        )

    def list_check_evaluations(
        self, asset_key: str, check_name: str, run_id: str
    ) -> Iterator[CheckEvaluated]:
        """List what checks of an asset or a run said, newest first, a page at a time."""
        with translated(self.address):
            request = launcher_pb2.ListCheckEvaluationsRequest(
                asset_key=asset_key, check_name=check_name, run_id=run_id, page_size=PAGE_SIZE
            )
        return self._pages(
            lambda stub: stub.ListCheckEvaluations,
            request,
            lambda page: page.evaluations,
            CheckEvaluated,
        )

    def list_observations(self, asset_key: str, run_id: str) -> Iterator[AssetObserved]:
        """List what was observed of an asset or in a run, newest first, a page at a time."""
        with translated(self.address):
            request = launcher_pb2.ListObservationsRequest(
                asset_key=asset_key, run_id=run_id, page_size=PAGE_SIZE
            )
        return self._pages(
            lambda stub: stub.ListObservations,
            request,
            lambda page: page.observations,
            AssetObserved,
        )
