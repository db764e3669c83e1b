"""Say how an inference turned out: ``python send_feedback.py EVENT_ID up`` (or ``down``)."""

import json
import os
import sys
from datetime import UTC, datetime

from confluent_kafka import Producer

if len(sys.argv) != 3 or sys.argv[2] not in {"up", "down"}:
    raise SystemExit("usage: send_feedback.py EVENT_ID up|down")

feedback = {
    # One thumb an event: who changes his mind sends the same feedback_id again.
    "feedback_id": f"thumb-{sys.argv[1]}",
    "event_id": sys.argv[1],
    "time": datetime.now(UTC).isoformat(),
    "kind": "thumb",
    "value": 1 if sys.argv[2] == "up" else 0,
}

producer = Producer({"bootstrap.servers": os.environ.get("KAFKA", "127.0.0.1:9092")})
producer.produce(
    os.environ.get("TOPIC", "feedback"), json.dumps(feedback).encode(), key=sys.argv[1]
)
if producer.flush(10):
    raise SystemExit("Kafka did not take the feedback: is it running there?")
