"""A document that contradicts itself is refused when it is loaded, with the file and the place."""

import pytest

from offair.contracts.contract import Contract, promise

SECURED = """
    openapi: 3.1.0
    paths:
      /boxes:
        get: {security: [{}, {key: [%s]}], responses: {"200": {description: all}}}
        post: {security: [{key: []}, {%s: []}], responses: {"200": {description: made}}}
    components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}}
"""
DANGLING = """
    openapi: 3.1.0
    paths: {}
    components:
      schemas:
        Box: {type: object, properties: {lid: {$ref: "%s"}, $ref: {type: string}, default: {$ref: "%s"}}}
        Said: {default: {$ref: nowhere}, enum: [{$ref: nowhere}], example: {$ref: nowhere}}
"""
BOX = "#/components/schemas/Box"


def test_a_scheme_that_is_not_there_is_told_by_file_and_pointer(write):
    with pytest.raises(LookupError) as told:
        Contract.load(write(openapi=SECURED % ("", "token")))

    assert "toy/openapi.yaml#/paths/~1boxes/post/security/1/token: " in told.value.args[0]
    assert "no security scheme is called 'token'; there is key" in told.value.args[0]


def test_the_documents_own_security_is_looked_at_too(write):
    with pytest.raises(LookupError, match=r"openapi\.yaml#/security/0/key: .*there is none"):
        Contract.load(write(openapi="openapi: 3.1.0\nsecurity: [{key: []}]\npaths: {}"))


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("#/components/schemas/Bag", BOX, "/properties/lid: .*there is no 'Bag'"),
        (BOX, "#/components/schemas/Bag", "/properties/default: .*there is no 'Bag'"),
        ("box.yaml#/Box", BOX, "/properties/lid: .*leaves the document"),
    ],
)
def test_a_reference_that_leads_nowhere_is_told_by_file_and_pointer(write, first, second, told):
    with pytest.raises(LookupError, match=r"toy/openapi\.yaml#/components/schemas/Box" + told):
        Contract.load(write(openapi=DANGLING % (first, second)))


def test_a_reference_among_values_is_a_value(write):
    assert Contract.load(write(openapi=DANGLING % (BOX, BOX))).operations == {}


def test_references_of_webhooks_are_looked_at_too(write):
    with pytest.raises(LookupError, match=r"webhooks\.yaml#/components/schemas/A: "):
        Contract.load(write(webhooks="components: {schemas: {A: {$ref: '#/components/schemas/B'}}}"))


def test_a_service_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(LookupError, match="tenbyte documents no service 'token'; it documents none"):
        promise("tenbyte/token")
