"""Generated variants of OpenSLO documents are judged as OpenSLO's own validator judged them."""

import json

from tests.schemas.monitors.openslo_variants import VERDICTS, accepts, variants


def test_every_variant_has_the_validators_verdict() -> None:
    recorded = [bit == "1" for bit in "".join(VERDICTS.read_text().split())]
    documents = list(variants())
    assert len(documents) == len(recorded), "run tools/compare_with_oslo.py --record"
    assert 0.1 < sum(recorded) / len(recorded) < 0.5
    different = [
        (json.dumps(document), verdict)
        for document, verdict in zip(documents, recorded, strict=True)
        if accepts(document) != verdict
    ]
    assert different == []
