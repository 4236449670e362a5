# One image for every part: web, workers, beat and the one-shot init differ only in their command.
ARG PYTHON_IMAGE=python:3.13.14-slim-trixie

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/tornavoz
WORKDIR /src
# Dependencies first: this layer is rebuilt only when they change.
COPY pyproject.toml constraints.txt README.md LICENSE ./
RUN mkdir pipeline feeds desk workers \
    && touch pipeline/__init__.py feeds/__init__.py desk/__init__.py workers/__init__.py \
    && /opt/tornavoz/bin/pip install --quiet -c constraints.txt '.[postgres,oidc]' \
    && /opt/tornavoz/bin/pip uninstall --quiet --yes tornavoz
COPY . .
RUN /opt/tornavoz/bin/pip install --quiet --no-deps .

FROM ${PYTHON_IMAGE}
# The ids are fixed, so that volumes keep their owner over rebuilds.
RUN groupadd --gid 10001 tornavoz \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin tornavoz \
    && install -d -o 10001 -g 10001 -m 0750 /var/lib/tornavoz \
    && install -d -o 10001 -g 10001 -m 0755 /var/lib/tornavoz/public
COPY --from=build /opt/tornavoz /opt/tornavoz
ENV PATH=/opt/tornavoz/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TORNAVOZ_HOME=/var/lib/tornavoz
USER 10001:10001
WORKDIR /var/lib/tornavoz
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=20s --start-period=60s --retries=3 CMD ["tornavoz", "doctor", "--quick"]
ENTRYPOINT ["tornavoz"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
