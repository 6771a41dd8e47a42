"""Hashed passwords: whole ones, broken ones, and those that match."""

import pytest

from appliance.config.passwords import hash_password, is_hash, is_whole_hash, matches

# Of "secret".
HASH = "$argon2id$v=19$m=19456,t=2,p=1$AuMcQQ9mXemleHIhbqkqRw$t+k8zehCx0yBy5ljvi5pe/t2KCV4RVopjwEKt9ijl5w"


@pytest.mark.parametrize(
    "broken",
    [
        "$argon2id",
        "$argon2id=19=19456,t=2,p=1",
        HASH[:-40],
        HASH + "$",
        HASH.replace("v=19", "v=16"),
        HASH + "\n",
    ],
)
def test_a_part_of_a_hash_is_distinguished_from_a_complete_one(broken):
    assert is_hash(broken)
    assert not is_whole_hash(broken)
    assert not matches("secret", broken)


def test_a_password_is_no_hash():
    assert not is_hash("argon2id$")
    assert not is_hash("")


def test_only_the_right_password_matches():
    assert is_whole_hash(HASH)
    assert matches("secret", HASH)
    for wrong in ("", "Secret", "secret ", HASH, "\udcff", "x" * 10_000):
        assert not matches(wrong, HASH)


def test_two_hashes_of_one_password_differ():
    assert hash_password("secret") != HASH
