"""The class path of the embedded Kafka broker: fetched once from Maven Central, then kept.

Every jar is pinned by its SHA-256, so neither a broken download nor a changed file is ever run.
Downloads go through jgo and follow its settings: a mirror of Maven Central belongs into the
``[repositories]`` section of ``~/.config/jgo.conf``, named ``central``.
"""

import fcntl
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import structlog

from streams.embedded.kafka_jars_lock import JARS

ENDPOINTS = (
    "org.apache.kafka:kafka_2.13:4.3.1",
    # Kafka logs through slf4j and brings no back end: this one writes to standard error.
    "org.slf4j:slf4j-simple:1.7.36",
)
_PARALLEL_DOWNLOADS = 8
_DOWNLOAD_TIMEOUT_SECONDS = 60

log = structlog.get_logger(__name__)


class JarError(RuntimeError):
    """A jar could not be fetched, or is not the one that was pinned."""


def cache_dir() -> Path:
    """Folder of the jars: ``$XDG_CACHE_HOME/tidewatch/maven``, by default in ``~/.cache``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tidewatch" / "maven"


def class_path() -> list[Path]:
    """Return the broker's jars, downloading those that are missing (45 MB altogether).

    Raises
    ------
    JarError
        A download failed, or its content does not match the pinned SHA-256.
    """
    folder = cache_dir()
    folder.mkdir(parents=True, exist_ok=True)
    pinned = dict(line.split() for line in JARS.strip().splitlines())
    with (folder / "lock").open("w") as lock:
        # Two first starts at once must not write the same files.
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing = {jar: digest for jar, digest in pinned.items() if not _intact(_path(jar), digest)}
        if missing:
            _download(missing)
    return [_path(jar) for jar in pinned]


def _path(jar: str) -> Path:
    group, artifact, version = jar.split(":")
    name = f"{artifact}-{version}.jar"
    return cache_dir().joinpath(*group.split("."), artifact, version, name)


def _intact(path: Path, digest: str) -> bool:
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def _download(missing: dict[str, str]) -> None:
    # Imported here: a start from the cache needs neither jgo nor the half second it takes.
    from jgo.config import GlobalSettings  # noqa: PLC0415
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415
    from jgo.maven import MavenContext  # noqa: PLC0415

    maven = MavenContext(
        repo_cache=cache_dir(),
        remote_repos={"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories},
        timeout=_DOWNLOAD_TIMEOUT_SECONDS,
    )

    def fetch(jar: str) -> int:
        group, artifact, version = jar.split(":")
        _path(jar).unlink(missing_ok=True)
        try:
            path: Path = maven.project(group, artifact).at_version(version).artifact().resolve()
        except (OSError, RuntimeError) as error:
            raise JarError(
                f"cannot download {jar} for the embedded Kafka: {error}. The first start needs"
                " Maven Central or, in ~/.config/jgo.conf, a mirror of it; or use another Kafka"
            ) from error
        if not _intact(path, missing[jar]):
            path.unlink()
            raise JarError(
                f"{jar} as downloaded does not have the pinned SHA-256:"
                " try again, or check the mirror in ~/.config/jgo.conf"
            )
        return path.stat().st_size

    progress = log.bind(files=len(missing), folder=str(cache_dir()))
    progress.info("downloading the embedded Kafka, this once")
    megabytes = 0.0
    with ThreadPoolExecutor(_PARALLEL_DOWNLOADS) as pool:
        for done, size in enumerate(pool.map(fetch, missing), start=1):
            megabytes += size / 1e6
            if done % 10 == 0 or done == len(missing):
                progress.info("downloading", done=done, megabytes=round(megabytes, 1))


def _print_lock() -> None:
    import jgo  # noqa: PLC0415

    artifacts = {a.key: a for endpoint in ENDPOINTS for a in jgo.resolve(endpoint)}
    for _, artifact in sorted(artifacts.items()):
        digest = hashlib.sha256(artifact.resolve().read_bytes()).hexdigest()
        print(f"{artifact.groupId}:{artifact.artifactId}:{artifact.version} {digest}")


if __name__ == "__main__":
    _print_lock()
