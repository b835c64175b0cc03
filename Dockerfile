FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 XDG_STATE_HOME=/var/lib
WORKDIR /opt/equipoise
COPY requirements/base.lock requirements/base.lock
RUN pip install --require-hashes -r requirements/base.lock
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN pip install --no-deps . \
    && equipoise prepare \
    && useradd --uid 10001 --home-dir /var/lib/equipoise --create-home equipoise \
    && chmod 700 /var/lib/equipoise
USER equipoise
VOLUME /var/lib/equipoise
ENTRYPOINT ["equipoise"]
CMD ["serve", "--host", "0.0.0.0"]
