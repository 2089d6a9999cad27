"""Merkle trees, against the test vectors of Certificate Transparency and against RFC 6962's definitions."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.core import InvalidInput
from hegui.ledger import merkle
from hegui.ledger.merkle import (
    Place,
    consistency_ranges,
    grow,
    hash_ranges,
    inclusion_ranges,
    pack,
    root_of,
    sm3,
    stored_runs,
    unpack,
)
from hegui.ledger.verify import check_consistency, check_inclusion

# From the Certificate Transparency project (Apache-2.0): leaves, the roots of the first 1 to 8, and proofs.
CT_LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
CT_INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
CT_CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]


def sha256(data):
    return hashlib.sha256(data).digest()


def definition(leaves):
    """The Merkle tree hash as RFC 6962 section 2.1 defines it, over leaf hashes."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return sha256(b"\x01" + definition(leaves[:middle]) + definition(leaves[middle:]))


def numbered(count):
    return [sha256(b"\x00%d" % number) for number in range(count)]


def ct_leaves(count):
    return [sha256(b"\x00" + bytes.fromhex(leaf)) for leaf in CT_LEAVES[:count]]


class Shelf:
    """The nodes that a database would keep, and nothing else."""

    def __init__(self, leaves):
        _, nodes = grow(0, (), leaves)
        self.kept = {Place(0, position): leaf for position, leaf in enumerate(leaves)}
        self.kept.update({Place(node.level, node.position): node.hash for node in nodes})

    def hash(self, ranges):
        asked = {
            Place(run.level, position): self.kept[Place(run.level, position)]
            for run in stored_runs(ranges)
            for position in range(run.start, run.stop)
        }
        return hash_ranges(ranges, asked)


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_certificate_transparency(size):
    frontier, _ = grow(0, (), ct_leaves(size))

    assert root_of(frontier).hex() == CT_ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), CT_INCLUSION)
def test_inclusion_proofs_are_those_of_certificate_transparency(index, size, path):
    leaves = ct_leaves(size)

    assert [node.hex() for node in Shelf(leaves).hash(inclusion_ranges(index, size))] == path
    assert check_inclusion(
        index=index,
        size=size,
        leaf=leaves[index],
        path=[bytes.fromhex(node) for node in path],
        root=bytes.fromhex(CT_ROOTS[size]),
    )


@pytest.mark.parametrize(("old", "new", "path"), CT_CONSISTENCY)
def test_consistency_proofs_are_those_of_certificate_transparency(old, new, path):
    assert [node.hex() for node in Shelf(ct_leaves(new)).hash(consistency_ranges(old, new))] == path
    assert check_consistency(
        old_size=old,
        new_size=new,
        old_root=bytes.fromhex(CT_ROOTS[old]),
        new_root=bytes.fromhex(CT_ROOTS[new]),
        path=[bytes.fromhex(node) for node in path],
    )


@given(size=st.integers(0, 200), split=st.integers(0, 200))
@settings(max_examples=60)
def test_a_tree_grown_in_two_parts_is_the_tree_by_definition(size, split):
    leaves = numbered(size)
    frontier, first = grow(0, (), leaves[:split])
    frontier, second = grow(min(split, size), frontier, leaves[split:])

    assert root_of(frontier) == definition(leaves)
    assert unpack(pack(frontier)) == frontier
    for node in first + second:
        width = 1 << node.level
        assert node.level % merkle.STEP == 0
        assert node.hash == definition(leaves[node.position * width : (node.position + 1) * width])


@given(size=st.integers(1, 200), index=st.integers(0, 199), wrong=st.integers(0, 255))
@settings(max_examples=60)
def test_an_inclusion_proof_proves_its_leaf_and_no_other(size, index, wrong):
    index %= size
    leaves = numbered(size)
    path = Shelf(leaves).hash(inclusion_ranges(index, size))
    proof = {"size": size, "path": path, "root": definition(leaves)}

    assert check_inclusion(index=index, leaf=leaves[index], **proof)
    assert not check_inclusion(index=index, leaf=sha256(b"other"), **proof)
    assert check_inclusion(index=wrong, leaf=leaves[index], **proof) == (wrong == index)
    assert not check_inclusion(index=index, leaf=leaves[index], **{**proof, "path": (*path, leaves[0])})
    assert not check_inclusion(index=index, leaf=leaves[index], **{**proof, "path": path[:-1]}) or not path


@given(old=st.integers(0, 150), more=st.integers(0, 150))
@settings(max_examples=60)
def test_a_consistency_proof_proves_that_nothing_was_rewritten(old, more):
    leaves = numbered(old + more)
    path = Shelf(leaves).hash(consistency_ranges(old, old + more))
    sizes = {"old_size": old, "new_size": old + more}
    roots = {"old_root": definition(leaves[:old]), "new_root": definition(leaves)}

    assert check_consistency(path=path, **sizes, **roots)
    assert not check_consistency(path=path, **sizes, **{**roots, "old_root": sha256(b"other")})
    assert not check_consistency(path=(*path, sha256(b"")), **sizes, **roots)
    if old:
        assert not check_consistency(path=path, **sizes, **{**roots, "new_root": sha256(b"other")})
        assert not check_consistency(path=path[:-1], **sizes, **roots) or not path
    assert not check_consistency(path=path, **{**sizes, "old_size": old + more + 1}, **roots)


@pytest.mark.parametrize("size", range(1, 20))
def test_a_consistency_proof_between_any_two_small_trees_holds(size):
    leaves = numbered(size)
    for old in range(size + 1):
        path = Shelf(leaves).hash(consistency_ranges(old, size))
        roots = {"old_root": definition(leaves[:old]), "new_root": definition(leaves)}
        assert check_consistency(path=path, old_size=old, new_size=size, **roots)


def test_sm3_is_the_standard_one():
    # GB/T 32905-2016, example 1.
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_a_machine_without_sm3_says_so(monkeypatch):
    def without_sm3(name, data):
        raise ValueError(f"unsupported hash type {name}")

    monkeypatch.setattr(merkle.hashlib, "new", without_sm3)

    with pytest.raises(InvalidInput, match="no SM3"):
        sm3(b"abc")
