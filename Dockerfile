# PocketPay's own processes, all in one image: `pocketpay serve …`, `migrate`, `provision`.
# It holds no server, no compiler and no secret, and writes nothing outside /tmp and /data.
FROM python:3.11.14-slim-bookworm AS build

WORKDIR /src
RUN python -m venv /opt/pocketpay
COPY requirements.txt requirements-build.txt ./
RUN /opt/pocketpay/bin/pip install --no-cache-dir --require-hashes -r requirements.txt \
    && python -m pip install --no-cache-dir --require-hashes -r requirements-build.txt
COPY pyproject.toml README.md LICENSE ./
COPY actors actors
COPY docs/proof docs/proof
COPY gateway gateway
COPY health health
COPY messages messages
COPY pocketpay pocketpay
COPY storage storage
RUN python -m pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/pocketpay/bin/pip install --no-cache-dir --no-deps --no-index /wheels/*.whl \
    && /opt/pocketpay/bin/pip uninstall --yes pip setuptools

FROM python:3.11.14-slim-bookworm

RUN groupadd --system --gid 10001 pocketpay \
    && useradd --system --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin pocketpay \
    && install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=build /opt/pocketpay /opt/pocketpay
ENV PATH=/opt/pocketpay/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 POCKETPAY_DATA_DIR=/data
WORKDIR /data
USER 10001:10001
ENTRYPOINT ["pocketpay"]
