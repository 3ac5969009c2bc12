# `docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/work" seedclean seeds/ out/`
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE NOTICE constraints.txt ./
COPY cleaner ./cleaner
COPY rules ./rules
RUN python -m venv /opt/clean \
    && /opt/clean/bin/pip install --no-cache-dir --constraint constraints.txt .

FROM python:3.12-slim
# git, for `clean check --staged`; its version is that of the base image's distribution
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory '*' \
    && useradd --create-home --uid 10001 clean
COPY --from=build /opt/clean /opt/clean
ENV PATH="/opt/clean/bin:$PATH" PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /work
ENTRYPOINT ["clean"]
CMD ["--help"]
