"""Rings of keys: at no moment is a key in use that a reader of the secret refuses."""

from __future__ import annotations

import importlib
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

LEAD, GRACE = timedelta(minutes=10), timedelta(days=1)
CACHE = timedelta(minutes=5)


@pytest.fixture
def ring(rotation, fakes):
    return rotation.keyring.first_ring(fakes.noon, algorithm="HS256")


@given(
    st.integers(0, 90_000),
    st.integers(0, 300),
    st.integers(0, 300),
    st.lists(st.integers(700, 90_000), max_size=3),
)
def test_what_one_reader_uses_every_other_reader_accepts(rotation, fakes, after, age_one, age_other, pauses):
    """Readers hold copies of different age, rotations come as they like, as long as a grace lasts."""
    keyring, now = rotation.keyring, fakes.noon
    rings = [(now, keyring.first_ring(now))]
    for pause in pauses:
        now += timedelta(seconds=pause)
        rings.append((now, keyring.with_new_key(rings[-1][1], now, lead=LEAD, grace=GRACE)))
    moment = now + timedelta(seconds=after + CACHE.total_seconds())

    def copy(age):
        return next(r for made, r in reversed(rings) if made <= moment - timedelta(seconds=age))

    used = keyring.active_key(copy(age_one), moment)
    accepted = [key["id"] for key in keyring.accepted_keys(copy(age_other), moment)]

    assert used["id"] in accepted


def test_a_token_of_the_old_key_is_accepted_until_the_grace_ends(rotation, fakes, ring):
    keyring = rotation.keyring
    old = ring["keys"][0]["id"]
    new = keyring.with_new_key(ring, fakes.noon, lead=LEAD, grace=GRACE)

    def accepted(after):
        return [key["id"] for key in keyring.accepted_keys(new, fakes.noon + after)]

    assert keyring.active_key(new, fakes.noon)["id"] == old
    assert keyring.active_key(new, fakes.noon + LEAD)["id"] != old
    assert old in accepted(LEAD + GRACE - timedelta(seconds=1))
    assert old not in accepted(LEAD + GRACE)


def test_keys_that_nobody_accepts_are_left_out(rotation, fakes, ring):
    keyring, now = rotation.keyring, fakes.noon
    for _ in range(5):
        ring = keyring.with_new_key(ring, now, lead=LEAD, grace=GRACE)
        now += timedelta(days=2)
    assert len(ring["keys"]) == 2


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_key_signs_and_another_does_not_verify(rotation, algorithm):
    jwt = importlib.import_module("rotation.strategies.jwt_key")
    token = jwt.sign({"sub": "ada"}, "k1", "a" * 64, algorithm)

    assert jwt.verify(token, "a" * 64, algorithm)
    assert not jwt.verify(token, "b" * 64, algorithm)


def test_a_key_that_is_too_short_for_its_algorithm_is_not_promoted(rotation):
    jwt = importlib.import_module("rotation.strategies.jwt_key")
    keys = jwt.handler.make(None)
    ring = json.loads(keys.first())

    assert keys.works(json.dumps(ring))
    assert not keys.works(json.dumps({**ring, "keys": [{**ring["keys"][0], "key": "short"}]}))
    assert not keys.works("a plain text")


def test_a_plain_text_is_not_taken_for_a_ring(rotation):
    keys = importlib.import_module("rotation.strategies.api_key").handler.make(None)
    with pytest.raises(rotation.labels.RotationRefused, match="no JSON object"):
        keys.create("a plain text")
    with pytest.raises(rotation.labels.RotationRefused, match="no ring of keys"):
        keys.create("{}")


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("Abcdefgh12345678Abcdefgh12345678", lambda new: new.isalnum() and len(new) == 32),
        (json.dumps({"password": "x" * 40, "user": "app"}), lambda new: json.loads(new)["user"] == "app"),
    ],
)
def test_a_generic_value_keeps_its_shape(rotation, value, shape):
    generic = importlib.import_module("rotation.strategies.generic").handler.make(None)
    new = generic.create(value)

    assert new != value
    assert shape(new)


def test_a_generic_object_without_a_usual_field_is_refused(rotation):
    generic = importlib.import_module("rotation.strategies.generic").handler.make(None)
    with pytest.raises(rotation.labels.RotationRefused, match="ROTATION_FIELDS"):
        generic.create('{"colour": "blue"}')
