"""Rights as Kafka's access control lists: to be shown, and to be made."""

import shlex
from collections.abc import Iterator, Mapping

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._acl import AclBinding, AclOperation, AclPermissionType
from confluent_kafka.admin._resource import ResourcePatternType, ResourceType

from streams.access.kafka_rights import Right, rights
from streams.kafka import KafkaUnavailable, client_config
from streams.settings import Settings

_TIMEOUT_SECONDS = 30.0
_TYPES = {
    "topic": ResourceType.TOPIC,
    "group": ResourceType.GROUP,
    "transactional_id": ResourceType.TRANSACTIONAL_ID,
}
_FLAGS = {"topic": "--topic", "group": "--group", "transactional_id": "--transactional-id"}
_OPERATIONS = {
    "read": AclOperation.READ,
    "write": AclOperation.WRITE,
    "create": AclOperation.CREATE,
    "describe": AclOperation.DESCRIBE,
    "describe_configs": AclOperation.DESCRIBE_CONFIGS,
}
_NAMES = {"describe_configs": "DescribeConfigs"}


def user_of(role: str) -> str:
    """The user of a role unless told otherwise.

    >>> user_of("score")
    'tidewatch-score'
    """
    return f"tidewatch-{role}"


def commands(users: Mapping[str, str], settings: Settings) -> Iterator[str]:
    """Lines of ``kafka-acls.sh`` that give every role's user its rights.

    Parameters
    ----------
    users
        User by role.
    settings
        Names of topics and groups.
    """
    server = shlex.quote(settings.kafka.bootstrap_servers)
    for role, user in users.items():
        yield f"# {role}"
        for right in rights(role, settings):
            operations = " ".join(
                f"--operation {_NAMES.get(name, name.capitalize())}" for name in right.operations
            )
            pattern = " --resource-pattern-type prefixed" if right.prefixed else ""
            yield (
                f"kafka-acls.sh --bootstrap-server {server} --command-config admin.properties "
                f"--add --allow-principal {shlex.quote(f'User:{user}')} {operations} "
                f"{_FLAGS[right.resource]} {shlex.quote(right.name)}{pattern}"
            )


def bindings(user: str, right: Right) -> list[AclBinding]:
    """A right as Kafka has it, an operation each."""
    pattern = ResourcePatternType.PREFIXED if right.prefixed else ResourcePatternType.LITERAL
    return [
        AclBinding(
            _TYPES[right.resource],
            right.name,
            pattern,
            f"User:{user}",
            "*",
            _OPERATIONS[operation],
            AclPermissionType.ALLOW,
        )
        for operation in right.operations
    ]


def create(users: Mapping[str, str], settings: Settings) -> int:
    """Give every role's user its rights; how many entries that are. May run any number of times.

    The settings' own user must be allowed to alter the cluster. Raises
    :class:`streams.kafka.KafkaUnavailable` when Kafka refuses or does not answer.
    """
    wanted = [
        binding
        for role, user in users.items()
        for right in rights(role, settings)
        for binding in bindings(user, right)
    ]
    admin = AdminClient(client_config(settings.kafka))
    for binding, done in admin.create_acls(wanted, request_timeout=_TIMEOUT_SECONDS).items():
        try:
            done.result(_TIMEOUT_SECONDS)
        except (KafkaException, TimeoutError) as error:
            told = error.args[0].str() if isinstance(error, KafkaException) else "no answer"
            raise KafkaUnavailable(
                f"{binding.principal} cannot be given rights on {binding.name} ({told}): does the "
                "broker have an authorizer, and may this user alter the cluster?"
            ) from None
    return len(wanted)
