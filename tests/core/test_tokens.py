"""Signed tokens on the cloud's clock: what is signed is verified, and by nothing else."""

from itertools import permutations
from typing import get_args

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.core.tokens import Algorithm, TokenError, key_pair, public_of, read_pem, sign, verify
from offair.emulator.core.world import World

ALGORITHMS = get_args(Algorithm)
NOW = 1_000_000.0
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
LEAF = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT
CLAIMS = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"])).filter(
        lambda name: name not in {"exp", "nbf", "iat", "sub", "iss"}
    ),
    LEAF | st.lists(LEAF),
)


@pytest.fixture(scope="module", name="world")
def _world():
    world = World()
    yield world
    world.close()


@pytest.fixture(scope="module", name="pairs")
def _pairs(world):
    """A pair of each algorithm, made once: RSA takes its time."""
    return {algorithm: key_pair(world, "toy", algorithm, algorithm=algorithm) for algorithm in ALGORITHMS}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@given(claims=CLAIMS)
def test_what_is_signed_is_verified(pairs, algorithm, claims):
    pair = pairs[algorithm]
    claimed = {**claims, "exp": NOW + 1}

    assert claimed == verify(sign(claimed, pair.private, algorithm), pair.public, algorithm, now=NOW)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(("claims", "words"), [
    ({"exp": NOW}, "expired"), ({"exp": NOW - 1}, "expired"), ({"exp": NOW + 9, "nbf": NOW + 1}, "not valid yet"),
    ({}, "exp"), ({"exp": "soon"}, "could not convert"), ({"exp": None}, "exp"), ({"exp": [1]}, "float"),
])  # fmt: skip
def test_a_time_that_is_not_now_is_refused(pairs, algorithm, claims, words):
    token = sign(claims, pairs[algorithm].private, algorithm)

    with pytest.raises(TokenError, match=words):
        verify(token, pairs[algorithm].public, algorithm, now=NOW)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_another_key_proves_nothing(world, pairs, algorithm):
    other = key_pair(world, "elsewhere", algorithm, algorithm=algorithm)
    token = sign({"exp": NOW + 1}, other.private, algorithm)

    with pytest.raises(TokenError, match=r"[Ss]ignature"):
        verify(token, pairs[algorithm].public, algorithm, now=NOW)


@pytest.mark.parametrize(("algorithm", "signed_by"), [*permutations(ALGORITHMS, 2)])
def test_another_algorithm_proves_nothing(pairs, algorithm, signed_by):
    token = sign({"exp": NOW + 1}, pairs[signed_by].private, signed_by)

    with pytest.raises(TokenError, match="alg"):
        verify(token, pairs[algorithm].public, algorithm, now=NOW)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("token", ["", "x", "x.y.z", "..", "é.y.z", "a.b.c.d"])
def test_what_is_no_token_proves_nothing(pairs, algorithm, token):
    with pytest.raises(TokenError):
        verify(token, pairs[algorithm].public, algorithm, now=NOW)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_token_that_nobody_signed_proves_nothing(pairs, algorithm):
    with pytest.raises(TokenError, match="alg"):
        verify(jwt.encode({"exp": NOW + 1}, None, algorithm="none"), pairs[algorithm].public, algorithm, now=NOW)


def test_a_token_may_last_for_ever_where_a_cloud_lets_it(pairs):
    pair = pairs["HS256"]

    assert {"sub": "me"} == verify(
        sign({"sub": "me"}, pair.private, "HS256"), pair.public, "HS256", now=NOW, require=()
    )


def test_a_header_of_the_clouds_own_is_signed_with_it(pairs):
    token = sign({"exp": NOW + 1}, pairs["EdDSA"].private, "EdDSA", headers={"kid": "first"})

    assert "first" == jwt.get_unverified_header(token)["kid"]


def test_a_pair_is_made_once(world, pairs):
    assert pairs["RS256"] == key_pair(world, "toy", "RS256", algorithm="RS256")


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_what_verifies_is_derived_from_what_signs(pairs, algorithm):
    assert pairs[algorithm].public == public_of(pairs[algorithm].private)


def test_an_algorithm_that_nobody_knows_is_refused_with_those_that_there_are(world):
    with pytest.raises(ValueError, match="no key pair signs PS512; there are RS256, ES256, EdDSA, HS256"):
        key_pair(world, "toy", "odd", algorithm="PS512")


def test_a_key_of_the_users_own_is_read(tmp_path, pairs):
    path = tmp_path / "key.pem"
    path.write_text(pairs["ES256"].private)

    assert pairs["ES256"].private == read_pem(path)


def test_a_key_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        read_pem(tmp_path / "nowhere.pem")
