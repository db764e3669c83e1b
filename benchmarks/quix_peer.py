"""A peer: Quix Streams computing the same signals, one event after the other.

Run by :mod:`benchmarks.peer` in an environment of its own: it needs an older Kafka client. Counts
are kept in a dictionary, not in its state store with a changelog: that is in its favour.
"""

from collections import Counter

from quixstreams import Application

from benchmarks import peer_progress as peer


def main() -> None:
    """Read until the process is ended."""
    app = Application(
        broker_address=peer.BROKER,
        consumer_group=peer.NAME,
        auto_offset_reset="earliest",
        state_dir=peer.DATA_DIR,
        auto_create_topics=False,
        loglevel="WARNING",
    )
    counts: Counter[str] = Counter()
    progress = peer.Progress()

    def count(value: bytes) -> None:
        counts[peer.segment_of(value)] += 1
        progress.seen()

    topic = app.topic(peer.TOPIC, value_deserializer="bytes", key_deserializer="bytes")
    app.dataframe(topic).update(count)
    app.run()


if __name__ == "__main__":
    main()
