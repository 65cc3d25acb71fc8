"""A cloud of several APIs, each at several places."""

import pytest

from offair.contracts.contract import Contract

MAIN = """
    openapi: 3.1.0
    servers:
      - {url: "https://{region}.toy.example/api/v1", variables: {region: {default: eu}}}
      - {url: https://toy.example/v1/}
      - {url: https://backup.toy.example/v1}
    paths:
      /boxes/: {get: {responses: {"200": {description: all}}}}
      /boxes/{box}: {get: {responses: {"200": {description: one}}}}
      /boxes/{box}/lid: {get: {responses: {"200": {description: its lid}}}}
      /boxes/new/{part}: {get: {responses: {"200": {description: of the newest}}}}
      /{thing}/{id}: {get: {responses: {"200": {description: anything}}}, put: {responses: {"200": {description: put}}}}
"""
TOKEN = """
    openapi: 3.1.0
    info: {title: Tokens}
    servers: [{url: https://token.toy.example/t}]
    paths: {/token: {post: {responses: {"200": {description: made}}}}}
"""
HOOKS = """
    webhooks:
      spent: {post: {requestBody: {content: {application/json: {schema: {type: object}}}}}}
"""


@pytest.fixture
def toy(write):
    return Contract.load(write(openapi=MAIN, token__openapi=TOKEN, token__webhooks=HOOKS, notes__readme="no: API"))


def test_every_server_is_known_and_every_path_once(toy):
    assert toy.servers == (
        "https://eu.toy.example/api/v1",
        "https://toy.example/v1/",
        "https://backup.toy.example/v1",
    )
    assert (toy.base_paths, toy.base_path) == (("/api/v1", "/v1"), "/api/v1")


@pytest.mark.parametrize("base", ["/api/v1", "/v1"])
def test_an_operation_is_found_below_each_base_path(toy, base):
    operation, path = toy.match("GET", f"{base}/boxes/7")

    assert ("GET /boxes/{box}", {"box": "7"}) == (operation.key, path)
    assert toy.methods(f"{base}/boxes/7") == ["GET", "PUT"]


def test_the_longest_base_path_goes_first(write):
    toy = Contract.load(write(openapi="""
        openapi: 3.1.0
        servers: [{url: https://toy.example/v1}, {url: https://toy.example/v1/api}]
        paths:
          /{any}/boxes: {get: {responses: {"200": {description: one}}}}
          /boxes: {get: {responses: {"200": {description: all}}}}
    """))  # fmt: skip

    assert "GET /boxes" == toy.match("GET", "/v1/api/boxes")[0].key
    assert "GET /{any}/boxes" == toy.match("GET", "/v1/other/boxes")[0].key


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/v1/boxes/", "GET /boxes/"),
        ("/v1/boxes", None),
        ("/v1/boxes/new/lid", "GET /boxes/new/{part}"),
        ("/v1/boxes/old/lid", "GET /boxes/{box}/lid"),
        ("/v1/bags/7", "GET /{thing}/{id}"),
        ("/v1//7", None),
    ],
)
def test_a_slash_and_a_literal_part_are_meant(toy, path, key):
    found = toy.match("GET", path)

    assert key == (found and found[0].key)


def test_a_folder_with_a_document_is_a_service_of_the_cloud(toy):
    token = toy.services["token"]

    assert list(toy.services) == ["token"]
    assert ("toy", "") == (toy.name, toy.service)
    assert ("toy", "token", "Tokens", "/t") == (token.name, token.service, token.title, token.base_path)
    assert (list(token.webhooks), list(toy.webhooks), token.services) == (["spent"], [], {})


def test_a_cloud_may_be_called_otherwise_than_its_folder(write):
    assert "other" == Contract.load(write(), cloud="other").name
