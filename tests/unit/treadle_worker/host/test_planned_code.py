from __future__ import annotations

from treadle import AssetsDefinition, Definitions, asset
from treadle.locations.digest import named_digests
from treadle.locations.location import LoadedLocation, build_location
from treadle.locations.tables import pack
from treadle_contract.run import FailureReason
from treadle_worker.host.host_spec import HostSpec
from treadle_worker.host.planned_code import OtherCode, PlannedCode, compared

FILES = {"m": "1"}


def location(*assets: AssetsDefinition, files: dict[str, str] = FILES) -> LoadedLocation:
    built = build_location([("test", Definitions(assets=assets))])
    return built.sealed(pack(built.snapshot), files=files, distributions={})


def stamped(text: str, *, needs: str = "up") -> AssetsDefinition:
    @asset(metadata={"at": text}, deps=[needs])
    def made() -> None:
        pass

    return made


def upstream(name: str) -> AssetsDefinition:
    @asset(name=name)
    def made() -> None:
        pass

    return made


UPSTREAMS = (upstream("up"), upstream("down"))


def spec_of(planned: LoadedLocation, *, is_known: bool = True) -> HostSpec:
    snapshot = planned.snapshot
    return HostSpec(
        host_id="h",
        location="here",
        launcher_socket="/s",
        working_directory="/",
        targets=(),
        digest=snapshot.digest,
        import_timeout_ms=1,
        values_root="/v",
        logs_root="/l",
        journal="/j",
        core_digest=snapshot.core_digest,
        files=snapshot.manifest.files if is_known else {},
        definitions=named_digests(snapshot) if is_known else {},
    )


def test_what_was_planned_is_taken_as_it_is() -> None:
    found = location(stamped("noon"), *UPSTREAMS)

    assert compared(spec_of(found), found) == PlannedCode(location=found)


def test_another_text_of_what_no_step_rests_on_is_noted_and_runs_as_what_was_planned() -> None:
    planned = location(stamped("noon"), *UPSTREAMS)
    found = location(stamped("one"), *UPSTREAMS)

    taken = compared(spec_of(planned), found)

    assert isinstance(taken, PlannedCode)
    assert taken.location.snapshot.digest == planned.snapshot.digest
    (note,) = taken.notes
    assert "asset made: metadata 'at'." in note


def test_other_wiring_in_the_same_files_names_the_definitions_and_no_file() -> None:
    planned = location(stamped("noon"), *UPSTREAMS)
    found = location(stamped("noon", needs="down"), *UPSTREAMS)

    other = compared(spec_of(planned), found)

    assert isinstance(other, OtherCode)
    assert other.changes == ()
    assert other.failure.reason is FailureReason.UNSTABLE
    assert "asset made; block made: steps." in other.failure.message


def test_other_files_are_named_alone() -> None:
    planned = location(stamped("noon"), *UPSTREAMS, files={"m": "1", "gone": "1"})
    found = location(stamped("one"), *UPSTREAMS, files={"m": "2", "more": "1"})

    other = compared(spec_of(planned), found)

    assert isinstance(other, OtherCode)
    assert other.changes == ("file gone is imported no more", "file m changed", "file more is new")


def test_without_knowledge_of_what_was_planned_the_digests_are_told() -> None:
    planned = location(stamped("noon"), *UPSTREAMS)
    found = location(stamped("noon", needs="down"), *UPSTREAMS)

    other = compared(spec_of(planned, is_known=False), found)

    assert isinstance(other, OtherCode)
    assert planned.snapshot.digest[:12] in other.failure.message
