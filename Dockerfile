# syntax=docker/dockerfile:1
# One image for every process: `docker run tidewatch score`, `watch`, `sink`, `notify`, `migrate`.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/tidewatch
ENV PATH=/opt/tidewatch/bin:$PATH
COPY deploy/requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN pip install --no-cache-dir --no-deps .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/tidewatch tidewatch
COPY --from=build /opt/tidewatch /opt/tidewatch
ENV PATH=/opt/tidewatch/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    POLARS_MAX_THREADS=1 \
    OPENBLAS_NUM_THREADS=1 \
    MALLOC_ARENA_MAX=2 \
    _RJEM_MALLOC_CONF=dirty_decay_ms:10000,muzzy_decay_ms:0 \
    MIMALLOC_PURGE_DELAY=10000 \
    TIDEWATCH_DATA_DIR=/var/lib/tidewatch \
    TIDEWATCH_MONITORS=/etc/tidewatch/monitors \
    TIDEWATCH_HTTP__HOST=0.0.0.0 \
    NUMBA_CACHE_DIR=/var/lib/tidewatch/compiled
USER 10001
RUN python -m detectors.warm_up
WORKDIR /var/lib/tidewatch
ENTRYPOINT ["tidewatch"]
CMD ["--help"]
