"""Health and reflection: what tools that know no Treadle ask for."""

from __future__ import annotations

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from tests.integration.codeserver.conftest import CodeServer

SERVICE = "treadle_api.v1.CodeServerService"


def test_the_services_are_serving(seed: CodeServer) -> None:
    stub = health_pb2_grpc.HealthStub(seed.channel)

    for service in ("", SERVICE):
        response = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=30)

        assert response.status == health_pb2.HealthCheckResponse.SERVING


def test_reflection_lists_the_services(seed: CodeServer) -> None:
    (response,) = ask(seed, reflection_pb2.ServerReflectionRequest(list_services=""))

    names = {service.name for service in response.list_services_response.service}
    assert names == {
        SERVICE,
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
    }


def test_reflection_has_its_newer_name_too(seed: CodeServer) -> None:
    ask_v1 = seed.channel.stream_stream(
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )
    request = reflection_pb2.ServerReflectionRequest(file_containing_symbol=SERVICE)

    (response,) = ask_v1(iter([request]), timeout=30)

    assert response.file_descriptor_response.file_descriptor_proto


def test_reflection_gives_the_contract(seed: CodeServer) -> None:
    request = reflection_pb2.ServerReflectionRequest(file_containing_symbol=SERVICE)
    (response,) = ask(seed, request)

    assert response.file_descriptor_response.file_descriptor_proto


def ask(
    server: CodeServer, request: reflection_pb2.ServerReflectionRequest
) -> list[reflection_pb2.ServerReflectionResponse]:
    stub = reflection_pb2_grpc.ServerReflectionStub(server.channel)
    call: grpc.Call = stub.ServerReflectionInfo(iter([request]), timeout=30)
    return list(call)
