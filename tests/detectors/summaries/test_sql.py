"""The SQL that the docstrings give, run in ClickHouse's engine, against the classes themselves."""

import chdb
import msgspec
import numpy as np
import pytest

from detectors.summaries import Cardinality, CategoryCounts, Distribution, VectorSum
from detectors.summaries.hashing import stable_hash


def query(sql: str) -> list[list[object]]:
    lines = bytes(chdb.query(sql, "JSONCompactEachRow").bytes()).splitlines()
    return [msgspec.json.decode(line) for line in lines]


def as_map(counts: dict, kind: str) -> str:
    pairs = ",".join(f"{key!r},{value}" for key, value in counts.items())
    return f"CAST(map({pairs}), '{kind}')"


@pytest.mark.parametrize("q", [0.01, 0.5, 0.95])
def test_quantiles_of_merged_buckets(q: float) -> None:
    rng = np.random.default_rng(3)
    parts = [
        Distribution.empty().observe(rng.lognormal(0, 2, 200) * (rng.random(200) < 0.9))
        for _ in range(2)
    ]
    rows = " UNION ALL ".join(
        f"SELECT {as_map(part.positive, 'Map(Int16, UInt64)')} AS positive, "
        f"{part.zeros} AS zeros, {part.count} AS count"
        for part in parts
    )
    [[value]] = query(f"""
        WITH {q} AS q, sumMap(positive) AS buckets, sum(zeros) AS below, sum(count) AS n,
             arraySort(mapKeys(buckets)) AS keys,
             arrayCumSum(arrayMap(k -> buckets[k], keys)) AS reached,
             arrayFirstIndex(c -> below + c >= greatest(1, ceil(q * n)), reached) AS i
        SELECT if(i = 0 OR below >= ceil(q * n), 0, 0.9783425 * exp2((keys[i] + 1) / 16))
        FROM ({rows})""")
    assert value == pytest.approx(parts[0].merge(parts[1]).quantile(q), rel=1e-6)


@pytest.mark.parametrize("users", [20, 5000])
def test_distinct_counts_of_merged_registers(users: int) -> None:
    parts = [
        Cardinality.empty().observe([f"user {i}" for i in range(start, start + users)])
        for start in (0, users // 2)
    ]
    rows = " UNION ALL ".join(
        f"SELECT {as_map(part.register_map(), 'Map(UInt16, UInt8)')} AS registers" for part in parts
    )
    [[estimate]] = query(f"""
        WITH maxMap(registers) AS merged, 1 - length(merged) / 2048 AS unset,
             unset + arraySum(k -> pow(unset, exp2(k)) * exp2(k - 1), range(1, 21)) AS sigma
        SELECT if(empty(merged), 0, 0.7213475204444817 * 2048 * 2048
               / (2048 * sigma + arraySum(rank -> exp2(-toInt16(rank)), mapValues(merged))))
        FROM ({rows})""")
    assert estimate == pytest.approx(parts[0].merge(parts[1]).estimate(), rel=1e-9)


def test_hashes_are_clickhouses() -> None:
    texts = ["", "user-1", "größer", "x" * 100]
    [hashes] = query(f"SELECT arrayMap(t -> toString(xxHash64(t)), {texts})")
    assert [int(each) for each in hashes[0]] == stable_hash(texts).tolist()


def test_kept_categories_are_those_of_smallest_hash() -> None:
    names = [f"category {i}" for i in range(300)]
    summary = CategoryCounts.empty().observe(names)
    [[kept]] = query(f"SELECT arraySlice(arraySort(name -> xxHash64(name), {names}), 1, 256)")
    assert set(kept) == set(summary.counts)


def test_vectors_add_up() -> None:
    a = VectorSum.empty().observe([[1.0, 2.0], [3.0, 4.0]])
    b = VectorSum.empty().observe([[5.0, 6.0]])
    rows = " UNION ALL ".join(
        f"SELECT {each.count} AS count, {each.sum.tolist()} AS total" for each in (a, b)
    )
    [[mean]] = query(
        "WITH sum(count) AS n SELECT arrayMap(x -> x / n, sumForEach(total)) FROM (" + rows + ")"
    )
    assert mean == a.merge(b).mean.tolist()
