"""The class path of the embedded Kafka broker: fetched once from Maven Central, then kept.

Every jar is pinned by its SHA-256, so neither a broken download nor a changed file is ever run.
Downloads go through jgo and follow its settings: a mirror of Maven Central belongs into the
``[repositories]`` section of ``~/.config/jgo.conf``.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import structlog

from streams.embedded.kafka_jars_lock import JARS

# What the lock file is resolved from. Kafka logs through slf4j and brings no back end of its own;
# slf4j-simple writes to standard error.
ENDPOINTS = ("org.apache.kafka:kafka_2.13:4.3.1", "org.slf4j:slf4j-simple:1.7.36")
_PARALLEL_DOWNLOADS = 8

log = structlog.get_logger(__name__)


class JarError(RuntimeError):
    """A jar could not be fetched, or is not the one that was pinned."""


def cache_dir() -> Path:
    """Folder of the jars: ``$XDG_CACHE_HOME/tidewatch/maven``, by default in ``~/.cache``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tidewatch" / "maven"


def class_path() -> list[Path]:
    """The broker's jars, downloading those that are missing (about 43 MB altogether).

    Raises:
        JarError: A download failed, or its content does not match the pinned SHA-256.
    """
    folder = cache_dir()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        # Two first starts at once must not write the same files.
        fcntl.flock(lock, fcntl.LOCK_EX)
        pinned = list(_pinned())
        missing = [(coordinate, digest) for coordinate, digest in pinned if not _intact(_path(coordinate), digest)]
        if missing:
            _download(missing)
    return [_path(coordinate) for coordinate, _ in pinned]


def _pinned() -> Iterator[tuple[str, str]]:
    for line in JARS.split("\n"):
        if line:
            coordinate, _, digest = line.partition(" ")
            yield coordinate, digest


def _path(coordinate: str) -> Path:
    group, artifact, version = coordinate.split(":")
    return cache_dir().joinpath(*group.split("."), artifact, version, f"{artifact}-{version}.jar")


def _intact(path: Path, digest: str) -> bool:
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def _download(missing: list[tuple[str, str]]) -> None:
    # Imported here: a start from the cache needs neither jgo nor its half second.
    import jgo
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.maven import MavenContext

    repositories = {"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories}
    maven = MavenContext(repo_cache=cache_dir(), remote_repos=repositories, timeout=60)

    def fetch(item: tuple[str, str]) -> int:
        coordinate, digest = item
        group, artifact, version = coordinate.split(":")
        _path(coordinate).unlink(missing_ok=True)
        try:
            path = maven.project(group, artifact).at_version(version).artifact().resolve()
        except (OSError, RuntimeError) as error:
            raise JarError(
                f"cannot download {coordinate} for the embedded Kafka: {error}. The first start needs "
                "Maven Central, or a mirror of it named in jgo's settings; or use a Kafka of your own"
            ) from error
        if not _intact(path, digest):
            path.unlink()
            raise JarError(f"{coordinate} as downloaded does not have the pinned SHA-256: try again, or check the mirror")
        return path.stat().st_size

    log.info("downloading the embedded Kafka, this once", files=len(missing), folder=str(cache_dir()), jgo=jgo.__version__)
    done_bytes = 0
    with ThreadPoolExecutor(_PARALLEL_DOWNLOADS) as pool:
        for done, size in enumerate(pool.map(fetch, missing), start=1):
            done_bytes += size
            if done % 10 == 0 or done == len(missing):
                log.info("downloading the embedded Kafka", done=done, files=len(missing), megabytes=round(done_bytes / 1e6, 1))


def _resolve_lock() -> str:
    import jgo

    artifacts = {artifact.key: artifact for endpoint in ENDPOINTS for artifact in jgo.resolve(endpoint)}
    return "\n".join(
        f"{artifact.groupId}:{artifact.artifactId}:{artifact.version} "
        f"{hashlib.sha256(artifact.resolve().read_bytes()).hexdigest()}"
        for artifact in sorted(artifacts.values(), key=lambda artifact: (artifact.groupId, artifact.artifactId))
    )


if __name__ == "__main__":
    print(_resolve_lock())
