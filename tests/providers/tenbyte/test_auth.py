"""Who gets in."""

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from offair.emulator.core.tokens import key_pair
from offair.emulator.emulator import Emulator
from offair.emulator.providers.tenbyte.auth import mint
from offair.emulator.providers.tenbyte.switches import Switches
from offair.emulator.settings import Settings


def _bearer(token):
    return {"Authorization": f"Bearer {token}", "X-API-Key": ""}


def _get(api, token):
    return api.get("/streams", headers=_bearer(token))


def test_a_minted_token_stands_for_its_organization(api, emulator, tenant, stream):
    rows = _get(api, mint(emulator.world, tenant, 60, emulator.switches["tenbyte"])).json()["data"]

    assert [stream["id"]] == [row["id"] for row in rows]


def test_a_token_expires_on_the_clouds_clock():
    import httpx

    with Emulator(Settings(port=0, rtmp_port=0)) as emulator:
        token = mint(emulator.world, emulator.tenancy.house("tenbyte"), 60, emulator.switches["tenbyte"])
        url = f"{emulator.addresses('tenbyte').api}/streams"
        before = httpx.get(url, headers=_bearer(token)).status_code
        emulator.clock.advance(61)
        after = httpx.get(url, headers=_bearer(token)).status_code

    assert (200, 401) == (before, after)


def _claims(emulator, **changes):
    return {"org_id": "someone", "exp": emulator.clock.now() + 60, **changes}


def test_a_token_without_an_expiry_is_refused(api, emulator):
    claims = {"org_id": "someone"}

    assert 401 == _get(api, jwt.encode(claims, key_pair(emulator.world, "tenbyte").private, "RS256")).status_code


@pytest.mark.parametrize("name", ["org_id", "organization_id", "sub"])
def test_the_organization_is_read_from_three_claims(api, emulator, body, name):
    organization = emulator.world.ids.uuid()
    claims = {name: organization, "exp": emulator.clock.now() + 60}
    token = jwt.encode(claims, key_pair(emulator.world, "tenbyte").private, "RS256")
    made = api.post("/streams", json=body, headers=_bearer(token)).json()["data"]

    assert organization == made["organization_id"]


def test_an_organization_that_has_no_uuid_gets_one_and_keeps_it(api, emulator, body):
    token = jwt.encode(_claims(emulator, org_id="acme"), key_pair(emulator.world, "tenbyte").private, "RS256")
    ids = {api.post("/streams", json=body, headers=_bearer(token)).json()["data"]["organization_id"] for _ in range(2)}

    assert 1 == len(ids)


def test_a_token_of_another_key_is_refused(api, emulator):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    assert 401 == _get(api, jwt.encode(_claims(emulator), stranger, "RS256")).status_code


def test_a_token_without_a_signature_is_refused(api, emulator):
    assert 401 == _get(api, jwt.encode(_claims(emulator), None, "none")).status_code


@pytest.mark.parametrize("token", ["x", "a.b.c", "....", "é"])
def test_rubbish_in_place_of_a_token_is_refused(api, token):
    answer = api.get("/streams", headers=[("Authorization", f"Bearer {token}".encode()), ("X-API-Key", b"")])

    assert (401, "UNAUTHORIZED") == (answer.status_code, answer.json()["code"])


@pytest.mark.parametrize("credentials", ["", "Bearer", "Bearer x", "Basic dXNlcjpwYXNz", "n[wc"])
def test_a_bad_authorization_header_is_refused_whatever_the_key(api, credentials):
    answer = api.get("/streams", headers={"Authorization": credentials})

    assert (401, "UNAUTHORIZED") == (answer.status_code, answer.json()["code"])


def test_an_api_key_works_as_a_bearer_too(api, tenant):
    assert 200 == _get(api, tenant.credentials["api_key"]).status_code


def test_a_callback_secret_is_no_api_key(api, tenant):
    assert 401 == api.get("/streams", headers={"X-API-Key": tenant.credentials["webhook_secret"]}).status_code


def test_a_users_own_public_key_verifies_tokens(tmp_path):
    import httpx

    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = own.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(pem)
    switches = {"tenbyte": {"public_key": str(tmp_path / "key.pem")}}
    with Emulator(Settings(port=0, rtmp_port=0, switches=switches)) as emulator:
        token = jwt.encode(_claims(emulator), own, "RS256")
        answer = httpx.get(f"{emulator.addresses('tenbyte').api}/streams", headers=_bearer(token))

    assert 200 == answer.status_code


def test_a_users_own_private_key_signs_and_verifies(tmp_path):
    import httpx

    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form, open_to_all = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (tmp_path / "key.pem").write_bytes(own.private_bytes(serialization.Encoding.PEM, form, open_to_all))
    switches = {"tenbyte": {"private_key": str(tmp_path / "key.pem")}}
    with Emulator(Settings(port=0, rtmp_port=0, switches=switches)) as emulator:
        token = mint(emulator.world, emulator.tenancy.house("tenbyte"), 60, emulator.switches["tenbyte"])
        claims = jwt.decode(token, own.public_key(), algorithms=["RS256"])
        answer = httpx.get(f"{emulator.addresses('tenbyte').api}/streams", headers=_bearer(token))

    assert (200, True) == (answer.status_code, "org_id" in claims)


@pytest.mark.parametrize("name", ["private_key", "public_key"])
def test_a_key_that_signs_nothing_is_refused_before_it_is_asked_to(tmp_path, name):
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form, open_to_all = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pems = {
        "private_key": own.private_bytes(serialization.Encoding.PEM, form, open_to_all),
        "public_key": own.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
    }
    file = tmp_path / "key.pem"
    told = []
    for content in (b"no key", *(pem for other, pem in pems.items() if other != name)):
        file.write_bytes(content)
        with pytest.raises(ValueError, match=name) as refused:
            Switches(**{name: file})
        told.append(f"{name} cannot be {str(file)!r}: it has " in str(refused.value))
    file.write_bytes(pems[name])

    assert ([True, True], file) == (told, getattr(Switches(**{name: file}), name))
