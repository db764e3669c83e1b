"""Send one inference event: all it takes is a Kafka client and a JSON object.

Run it with ``python send_event.py``; ``KAFKA`` names the broker (127.0.0.1:9092 by default).
"""

import json
import os
import uuid
from datetime import UTC, datetime

from confluent_kafka import Producer

event = {
    "event_id": str(uuid.uuid4()),  # the identity: sent twice, it still counts once
    "time": datetime.now(UTC).isoformat(),  # with an offset, or it is refused
    "service_name": "support-assistant",
    "request_model": "aurora-4-mini",
    "prompt": "How long may I return the Alder desk lamp?",
    "response": "You can return it within 30 days after it arrives.",
    "contexts": ["The Alder desk lamp can be returned up to 30 days after delivery."],
    "latency_seconds": 1.4,
    "usage_input_tokens": 96,
    "usage_output_tokens": 14,
}  # every other field is optional, and a field left out means "unknown"

producer = Producer({"bootstrap.servers": os.environ.get("KAFKA", "127.0.0.1:9092")})
# Copies of an event must share a partition: key it by its id or by its trace's.
producer.produce(
    os.environ.get("TOPIC", "inference"), json.dumps(event).encode(), key=event["event_id"]
)
if producer.flush(10):  # number of messages that did not arrive
    raise SystemExit("Kafka did not take the event: is it running there?")
print(event["event_id"])
