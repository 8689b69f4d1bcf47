# The register as an image: docs/how-to/run-on-postgresql.md says how it is used.
FROM python:3.13-slim AS build
WORKDIR /source
COPY requirements.txt ./
RUN python -m venv /opt/pca-ledger \
    && /opt/pca-ledger/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY ledger ./ledger
COPY projections ./projections
COPY api ./api
RUN /opt/pca-ledger/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && /opt/pca-ledger/bin/pip uninstall --yes setuptools pip

FROM python:3.13-slim
# The number is used by those who own files of secrets outside: it does not change.
RUN useradd --uid 10001 --no-create-home --home-dir /var/lib/pca-ledger --shell /usr/sbin/nologin pca-ledger \
    && install --directory --mode 0700 --owner pca-ledger --group pca-ledger /var/lib/pca-ledger /var/lib/witness \
    && install --directory --mode 0755 --owner pca-ledger --group pca-ledger /srv/published
COPY --from=build /opt/pca-ledger /opt/pca-ledger
COPY deploy/name-witness /usr/local/bin/name-witness
ENV PATH=/opt/pca-ledger/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    PCA_LEDGER=/var/lib/pca-ledger/ledger \
    PCA_LEDGER_LOG=json
USER 10001
VOLUME ["/var/lib/pca-ledger", "/var/lib/witness", "/srv/published"]
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
ENTRYPOINT ["pca-ledger"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
