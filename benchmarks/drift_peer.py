"""alibi-detect's online detectors on the streams of ``benchmarks/drift.py``; no part of Tidewatch.

Run by that benchmark in an environment of its own, since alibi-detect needs an older NumPy::

    python drift_peer.py INPUT.npz OUTPUT.json

The input holds ``reference`` (texts x dimensions), ``streams_0``, ``streams_1`` and so on
(streams x events x dimensions), ``warm`` (events before the change), and ``expected_run``,
``window`` and ``bootstraps``.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np


def first_alarms(detector: object, streams: np.ndarray, warm: int) -> tuple[list[int], float]:
    """Events until the first alarm of every stream, -1 for none; microseconds an event.

    Alarms among the first ``warm`` events do not count: the detector starts afresh after them.
    """
    found, events, spent = [], 0, 0.0
    for stream in streams:
        detector.reset_state()
        first = -1
        begin = time.process_time()
        for at, vector in enumerate(stream):
            events += 1
            drifted = detector.predict(vector, return_test_stat=False)["data"]["is_drift"]
            if drifted and at >= warm:
                first = at - warm + 1
                break
        spent += time.process_time() - begin
        found.append(first)
    return found, 1e6 * spent / events


def main(source: str, target: str) -> None:
    from alibi_detect.cd import LSDDDriftOnline, MMDDriftOnline  # noqa: PLC0415

    data = np.load(source)
    results = {}
    for name, kind in (("MMDDriftOnline", MMDDriftOnline), ("LSDDDriftOnline", LSDDDriftOnline)):
        np.random.seed(0)
        begin = time.perf_counter()
        detector = kind(
            data["reference"],
            ert=float(data["expected_run"]),
            window_size=int(data["window"]),
            n_bootstraps=int(data["bootstraps"]),
            backend="tensorflow",
            verbose=False,
        )
        configured = time.perf_counter() - begin
        ran = [
            first_alarms(detector, data[part], int(data["warm"]))
            for part in sorted(part for part in data.files if part.startswith("streams_"))
        ]
        results[name] = {
            "first": [firsts for firsts, _ in ran],
            "microseconds": sum(cost for _, cost in ran) / len(ran),
            "configured_seconds": configured,
        }
        Path(target).write_text(json.dumps(results))


if __name__ == "__main__":
    main(*sys.argv[1:])
