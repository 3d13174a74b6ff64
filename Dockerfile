# Image of herald: one bundled file on a base that has Node.js 24.15 or newer and nothing else.
#
#   docker build -t registry.example.com/herald:0.1.0 .
#
# The same input gives the same layers when the builder is told one time for all files: with BuildKit
# `--build-arg SOURCE_DATE_EPOCH=… --output type=image,rewrite-timestamp=true`, with buildah `--timestamp …`.
# `--build-context build=<folder>` puts a bundle in that is there already, as the one that the tests ran: app/ and journal/.

ARG BUILD_BASE=docker.io/library/node
ARG BUILD_BASE_TAG=24-trixie-slim
# A digest pins it: nonroot@sha256:…
ARG BASE=gcr.io/distroless/nodejs24-debian13
ARG BASE_TAG=nonroot

FROM ${BUILD_BASE}:${BUILD_BASE_TAG} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY LICENSE ./
COPY src src
COPY examples/rules examples/rules
COPY test/tools/ascii.ts test/tools/sbom.ts test/tools/
RUN npm run build \
  && node test/tools/sbom.ts > dist/sbom.cdx.json \
  && install -d /app /journal \
  && install -m 0755 dist/herald.cjs /app/ \
  && install -m 0644 dist/sbom.cdx.json LICENSE /app/ \
  && install -D -m 0644 examples/rules/authentik.yaml /app/rules/authentik.yaml

FROM ${BASE}:${BASE_TAG}
LABEL org.opencontainers.image.title="herald" \
  org.opencontainers.image.description="Forwards authentik's events from its container log" \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.licenses="MIT"
COPY --from=build /app /app
# A named volume takes its owner from here.
COPY --from=build --chown=65532:65532 /journal /var/lib/herald
# Where the bases keep Node.js.
ENV PATH=/nodejs/bin:/usr/local/bin:/usr/bin:/bin
# As the bundle's first line, which no shell is here to read, so with the options below: what is not in use goes back to the system,
# such as the pieces of 32 KiB that V8 compiles in.
ENV MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=131072 MALLOC_MMAP_THRESHOLD_=32768
USER 65532:65532
WORKDIR /var/lib/herald
EXPOSE 9380
# A small young generation, and two threads that help V8: with one, garbage grows while it compiles.
ENTRYPOINT ["node", "--max-semi-space-size=2", "--v8-pool-size=2", "/app/herald.cjs"]
CMD ["run", "--config", "/etc/herald/config.yaml"]
