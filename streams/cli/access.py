"""``tidewatch access``: what each process may do on Kafka and ClickHouse."""

import sys
from typing import Annotated

import typer

from streams.cli.exits import told_in_a_line
from streams.cli.options import BootstrapServers, settings_from

app = typer.Typer()
group = typer.Typer(
    no_args_is_help=True, help="Least rights for every process, on Kafka and ClickHouse."
)
app.add_typer(group, name="access", rich_help_panel="Operations")


@group.command()
@told_in_a_line
def kafka(
    *,
    user: Annotated[
        list[str] | None,
        typer.Option(help="ROLE=USER where a user is not called tidewatch-ROLE; repeatable."),
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Give the rights, instead of showing them.")
    ] = False,
    kafka: BootstrapServers = None,
) -> None:
    """Show the access control lists that the processes need, or make them.

    Roles: score, watch, sink, notify, judge, application (who sends events), operator (who runs
    commands such as migrate and dlq). Names of topics and groups are those of the settings.

    Example: `tidewatch access kafka --user application=shop --apply`
    """
    from streams.access.kafka_acls import commands, create, user_of
    from streams.access.kafka_rights import ROLES

    users = {role: user_of(role) for role in ROLES}
    for pair in user or ():
        role, separator, name = pair.partition("=")
        if role not in users or not separator or not name:
            raise typer.BadParameter(f"{pair!r}: write ROLE=USER, with one of {', '.join(users)}")
        users[role] = name
    settings = settings_from(kafka=kafka)
    if apply:
        sys.stdout.write(f"{create(users, settings)} rights given to {len(users)} users\n")
        return
    sys.stdout.write("\n".join(commands(users, settings)) + "\n")


@group.command()
@told_in_a_line
def clickhouse() -> None:
    """Show the SQL that makes a role for each process, with what it needs and no more.

    Example: `tidewatch access clickhouse | clickhouse-client --multiquery`
    """
    from streams.access.clickhouse_grants import grants

    for statement in grants(settings_from().clickhouse):
        sys.stdout.write(statement + ";\n")
