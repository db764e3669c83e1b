"""Rights follow from the settings; what is shown is what would be made."""

import shlex

import pytest

from schemas.topics import ALL_TOPICS
from streams.access.kafka_acls import bindings, commands, user_of
from streams.access.kafka_rights import ROLES, rights
from streams.settings import load_settings


def test_names_are_those_of_the_settings() -> None:
    settings = load_settings(
        kafka={"topic_prefix": "x."},
        score={"group": "g-score", "worker": "scorer-17"},
        watch={"application": "a-watch"},
    )
    score = {(right.resource, right.name): right for right in rights("score", settings)}
    assert score["topic", "x.inference"].operations == ("read",)
    assert score["group", "g-score"].operations == ("read",)
    assert score["transactional_id", "x.scorer-"].prefixed
    watch = {(right.resource, right.name): right for right in rights("watch", settings)}
    assert watch["topic", "a-watch-state-changelog"].operations == ("create", "read", "write")


@pytest.mark.parametrize("role", [role for role in ROLES if role != "operator"])
def test_only_the_operator_makes_topics_and_nobody_deletes(role: str) -> None:
    settings = load_settings()
    made = {r.name for r in rights(role, settings) if "create" in r.operations}
    assert made <= {"tidewatch-watch-state-changelog"}
    every = {operation for r in rights(role, settings) for operation in r.operations}
    assert every <= {"create", "read", "write", "describe"}


def test_an_application_reads_nothing() -> None:
    for right in rights("application", load_settings()):
        assert (right.resource, right.operations) == ("topic", ("write",))


def test_every_process_sees_that_all_topics_are_there() -> None:
    for role in ("score", "watch", "sink", "notify", "judge"):
        seen = {r.name for r in rights(role, load_settings()) if r.resource == "topic"}
        assert seen >= {topic.name for topic in ALL_TOPICS}


def test_commands_name_the_same_rights() -> None:
    settings = load_settings(kafka={"topic_prefix": "a b."})
    users = {role: user_of(role) for role in ROLES}
    lines = [line for line in commands(users, settings) if not line.startswith("#")]
    shown = set()
    for line in lines:
        words = shlex.split(line)
        flag = next(f for f in ("--topic", "--group", "--transactional-id") if f in words)
        user = words[words.index("--allow-principal") + 1]
        for at, word in enumerate(words):
            if word == "--operation":
                shown.add((user, words[words.index(flag) + 1], words[at + 1].lower()))
    made = {
        (binding.principal, binding.name, binding.operation.name.lower().replace("_", ""))
        for role, user in users.items()
        for right in rights(role, settings)
        for binding in bindings(user, right)
    }
    assert shown == made
