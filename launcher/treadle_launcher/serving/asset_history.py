"""Asset history: what the locations define and when each was last made, and by what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from treadle_contract.ids import KeyText, RunId
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.suggestions import nearest
from treadle_launcher import codec
from treadle_launcher.errors import BadArgumentError, UnknownAssetError
from treadle_launcher.locations.locations import Locations, owners
from treadle_launcher.runs.events import Event
from treadle_launcher.store.event_log import ToldFilter
from treadle_launcher.store.materializations import MaterializationFilter
from treadle_launcher.store.pages import cut_page, page_limit, parse_text_token
from treadle_launcher.store.records import Materialization, Page
from treadle_launcher.store.store import Store
from treadle_launcher.values.stored_values import LatestValues, StoredValues
from treadle_launcher.wire.graph import Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetRecord:
    """An asset as a location's graph has it, and what was made of it last.

    `location` makes it, or declares it when none makes it; `conflict`: the location of
    `graph` makes it too, though another owns it.
    """

    key: KeyText
    location: str
    graph: Graph
    conflict: bool = False
    latest: Materialization | None = None


class AssetHistory:
    """Joins the locations' graphs with the record of what was made, and what of it is there."""

    def __init__(self, locations: Locations, store: Store, values: StoredValues) -> None:
        self._locations = locations
        self._store = store
        self._values = values
        self._latest = LatestValues(store, values)

    async def list_assets(
        self, *, page_size: int = 0, page_token: str = "", location: str = ""
    ) -> Page[AssetRecord]:
        """Return assets sorted by key: of all locations, or what one makes and declares.

        Raises:
            BadPageTokenError: no call with this location gave this token.
            UnknownLocationError: there is no such location.
            RefusedError: the one location that is asked for cannot be reached or has no graph.
        """
        filters = ("assets", location)
        limit = page_limit(page_size)
        after = parse_text_token(page_token, filters)
        records = await self._records(location)
        # One over the limit tells that there are more.
        keys = sorted(key for key in records if after is None or key > after)[: limit + 1]
        latest = await self._latest.of(keys)

        def read(key: KeyText) -> tuple[str, int, AssetRecord]:
            record = replace(records[key], latest=latest.get(key))
            made_size = 0 if record.latest is None else len(codec.dumps(record.latest))
            return key, record.graph.asset_size(key) + made_size, record

        return cut_page(keys, limit, filters, read=read)

    async def list_materializations(
        self,
        *,
        asset_key: str = "",
        run_id: str = "",
        partition_key: str = "",
        page_size: int = 0,
        page_token: str = "",
    ) -> Page[Materialization]:
        """Return materializations, newest first.

        Raises:
            BadArgumentError: neither an asset nor a run is named, or a partition without its asset.
            UnknownAssetError: no location has the asset, and no run made it.
            UnknownRunError: there is no such run.
            BadPageTokenError: no such call gave this token.
        """
        if not asset_key and not run_id:
            raise BadArgumentError(message="Name an asset or a run: asset_key or run_id.")
        if partition_key and not asset_key:
            raise BadArgumentError(message="Name the asset of the partition: asset_key.")
        if run_id:
            await self._store.get_run(RunId(run_id))
        wanted = MaterializationFilter(
            asset_key=KeyText(asset_key) if asset_key else None,
            run_id=RunId(run_id) if run_id else None,
            partition_key=partition_key or None,
        )
        page = await self._store.list_materializations(wanted, page_size, page_token)
        if asset_key and not page.items:
            await self._check_known(KeyText(asset_key))
        return replace(page, items=await self._values.marked(page.items))

    async def list_told(
        self, wanted: ToldFilter, page_size: int = 0, page_token: str = ""
    ) -> Page[Event]:
        """Return what checks said, or what was observed, newest first.

        Raises:
            BadArgumentError: neither an asset nor a run is named, or a check without its asset.
            UnknownAssetError: no location has the asset, no run made, checked or observed it.
            UnknownRunError: there is no such run.
            BadPageTokenError: no such call gave this token.
        """
        if not wanted.asset_key and (wanted.check_name or not wanted.run_id):
            problem = (
                "Name an asset or a run: asset_key or run_id; a check_name with its asset_key."
            )
            raise BadArgumentError(message=problem)
        if wanted.run_id:
            await self._store.get_run(wanted.run_id)
        page = await self._store.list_told(wanted, page_size, page_token)
        if wanted.asset_key and not page.items:
            await self._check_known(wanted.asset_key)
        return page

    async def _check_known(self, key: KeyText) -> None:
        graphs = await self._locations.graphs()
        known = {each for graph in graphs.values() for each in graph.keys}
        if key not in known and not await self._store.latest_materializations([key]):
            near = nearest(key, known)
            raise UnknownAssetError([key], suggestions=near)

    async def _records(self, location: str) -> Mapping[KeyText, AssetRecord]:
        graphs = await self._locations.graphs(location)
        if not location:
            return _by_key(graphs, sorted(graphs))
        if location not in graphs:
            # Asked once more, alone, so that its own refusal says why there is none.
            graphs = {**graphs, location: await self._locations.get(location).graph()}
        return _by_key(graphs, [location])


def _by_key(graphs: Mapping[str, Graph], names: Sequence[str]) -> Mapping[KeyText, AssetRecord]:
    """Return the assets of these locations by key; of several that have it, the owner's."""
    owned = owners(graphs)
    records: dict[KeyText, AssetRecord] = {}
    for name in names:
        graph = graphs[name]
        for text in graph.keys:
            key = KeyText(text)
            owner = owned.get(text)
            if key not in records or owner == name:
                records[key] = AssetRecord(
                    key=key,
                    location=name if owner is None else owner,
                    graph=graph,
                    conflict=owner not in (None, name) and text in graph.made_keys,
                )
    return records
