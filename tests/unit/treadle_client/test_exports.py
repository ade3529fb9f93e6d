from __future__ import annotations

import dataclasses
import inspect
import subprocess
import sys

import pytest

import treadle_client

NAMES = """
    AccessError Asset AssetCheck AssetCheckSeverity AssetEntry AssetExplanation AssetKey AssetMaterialized
    AssetObserved AssetPartitions AttemptUsage Backfill BackfillFailed BackfillHandle BackfillPartition
    BackfillPartitionState BackfillPlan BackfillResult BackfillRun BackfillState BackfillTimeout Backoff Block
    CancelRequested ChangeKind CheckEvaluated CheckExplanation Client CodeChangedError Collected ConfigError
    ConfigPlace DiskUse Durability Event EventKind ExpectationEvaluated Explanation Failure FailureReason
    FailureWhere Garbage GarbageReason Graph Hazard HomeInUseError HookCompleted HookErrored HostReady
    IdempotencyConflictError ImportScope InputLoaded Isolation Jitter Job Launcher Limits Load LoadError
    LoadState LoadedPartition Location LocationNotReadyError LocationState LogChunk LogRecord LogStream
    Materialization MemoryScope Metadata ModuleReport ModuleState NeverMaterializedError NotFollowed
    NotFoundError NotMadeError NothingFailedError NothingToBackfillError OpExplanation OpNeed OutputDiscarded
    OutputStored PartitionError PartitionKeyRange PartitionState PartitionStretch PlainValue Plan PlanOptions
    PlannedAsset PlannedCheck PlannedInput PlannedInputRef PlannedOutput PlannedPartitions PlannedSource
    PlannedStep Reexecution ReexecutionKind Refusal Reload RequestError Resource ResultTimeout RetryCause
    RetryGround RetryPolicy Reuse ReuseMode ReusedOutput Run RunDequeued RunFailed RunFinished
    RunFinishedError RunHandle RunId RunNotFinishedError RunResult RunStarted RunState RunSubmitted Selection
    SelectionError ServerFaultError Siblings Source SourceLocation StalePlanError StartError StartMethod
    StartWith Step StepCancelled StepChange StepExpanded StepFailed StepInput StepKey StepNotRun StepOutput
    StepRecomputed StepResult StepRetryScheduled StepReused StepSkipped StepStarted StepState StepSucceeded
    Text TreadleClientError UnreachableError UnrecordedLoads UnselectedOutputs ValueRef ValueUnreadableError
    Verdict WrongArgument local
"""

EXPORTED = NAMES.split()

CLASSES = [
    public
    for name in EXPORTED
    if inspect.isclass(public := getattr(treadle_client, name))
    and public.__module__.startswith("treadle_client")
]


def test_the_public_names_are_these():
    assert treadle_client.__all__ == EXPORTED


@pytest.mark.parametrize("name", EXPORTED)
def test_every_public_name_exists_and_is_listed(name):
    assert getattr(treadle_client, name) is not None
    assert name in dir(treadle_client)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = treadle_client.nonsense


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Clent", "module 'treadle_client' has no attribute 'Clent'. Did you mean 'Client'?"),
        (
            "materialize",
            (
                "module 'treadle_client' has no attribute 'materialize'. It is of a client:"
                " `with treadle_client.local(…) as client: client.materialize(…)`"
            ),
        ),
        (
            "connect",
            (
                "module 'treadle_client' has no attribute 'connect'."
                " Write treadle_client.Client.connect(…)."
            ),
        ),
        ("__wrapped__", "module 'treadle_client' has no attribute '__wrapped__'"),
    ],
)
def test_a_name_that_is_not_there_says_which_was_meant(name, said):
    with pytest.raises(AttributeError) as caught:
        getattr(treadle_client, name)

    assert str(caught.value) == said


def public_functions():
    yield "local", treadle_client.local
    for cls in CLASSES:
        for name, member in inspect.getmembers(cls):
            if name.startswith("_"):
                continue
            function = member.fget if isinstance(member, property) else member
            if inspect.isfunction(function) or inspect.ismethod(function):
                yield f"{cls.__name__}.{name}", function


#: What they return is the user's own: of any type.
GIVE_USERS_VALUES = {"Client.load", "RunResult.value"}


@pytest.mark.parametrize(("name", "function"), list(public_functions()))
def test_no_public_signature_names_grpc_or_protobuf(name, function):
    annotated = inspect.get_annotations(function)
    if name in GIVE_USERS_VALUES:
        assert annotated.pop("return") == "Any"
    annotations = " ".join(map(str, annotated.values()))

    for foreign in ("grpc", "google", "_pb2", "protobuf", "Any"):
        assert foreign not in annotations


@pytest.mark.parametrize("cls", CLASSES)
def test_no_public_field_names_grpc_or_protobuf(cls):
    fields = dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else ()

    for field in fields:
        assert not any(foreign in str(field.type) for foreign in ("grpc", "google", "_pb2"))


@pytest.mark.parametrize("cls", CLASSES)
def test_no_public_class_is_of_grpc_or_protobuf(cls):
    assert all(not base.__module__.startswith(("grpc", "google")) for base in cls.__mro__)


@pytest.mark.parametrize("cls", CLASSES)
def test_every_public_class_says_what_it_is(cls):
    assert inspect.getdoc(cls)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_the_command_says_what_it_can_without_grpc(arguments):
    code = (
        "import sys; from treadle_client.cli import run; run(sys.argv[1:]);"
        " print(sorted({'grpc', 'google.protobuf', 'rich'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-P", "-c", code, *arguments], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", ["materialize", "plan", "graph", "dev", "codeserver"])
def test_a_command_starts_its_services_before_it_imports_grpc(command):
    code = (
        f"import sys; import treadle_client.cli.commands.{command};"
        " print(sorted({'grpc', 'google.protobuf', 'asyncio'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines() == ["[]"]


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if issubclass(cls, Exception)])
def test_a_traceback_names_an_exception_as_it_is_imported(cls):
    assert cls.__module__ == "treadle_client"


def test_no_control_character_of_a_message_reaches_a_terminal():
    error = treadle_client.TreadleClientError("no run \x1b[2J is\nthere")

    assert str(error) == error.message == "no run \\x1b[2J is\nthere"
