# The image of Dangol: one static program, CA certificates, nothing else.
#
#   docker build --build-arg BUILD="$(git describe --always --dirty)" -t dangol .
#   docker build --target sample -t dangol-sample .     # loads the sample company
#
# docs/container.md says how to run it. No syntax line and no cache mounts: any
# builder takes the file as it is, also one without a daemon.

ARG GO_VERSION=1.26
FROM docker.io/library/golang:${GO_VERSION}-alpine AS source
WORKDIR /src
# A module proxy of your own, if you have one.
ARG GOPROXY
ENV CGO_ENABLED=0
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# Volumes of the images start as copies of these folders, with their owner.
RUN mkdir -p /rootfs/etc/dangol /rootfs/var/lib/dangol

FROM source AS build-sample
RUN go build -trimpath -buildvcs=false -ldflags "-s -w" -o /usr/local/bin/dangol-sample ./internal/sample/load

FROM source AS build
ARG BUILD=dev
RUN go build -trimpath -buildvcs=false -ldflags "-s -w -X main.build=${BUILD}" -o /usr/local/bin/dangol ./cmd/dangol

# Writes the sample company into an empty MariaDB or MySQL schema, and a config
# for it into /etc/dangol. Only deploy/compose.yaml uses it.
FROM scratch AS sample
COPY --from=build-sample /usr/local/bin/dangol-sample /usr/local/bin/dangol-sample
COPY --from=build-sample --chown=65532:65532 /rootfs/etc/dangol /etc/dangol
USER 65532:65532
VOLUME /etc/dangol
ENTRYPOINT ["/usr/local/bin/dangol-sample"]
CMD ["--folder", "/etc/dangol"]

FROM scratch
ARG BUILD=dev
LABEL org.opencontainers.image.title="Dangol" \
      org.opencontainers.image.description="Watches a company's regular customers and tells Slack who is lost" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${BUILD}"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build --chown=65532:65532 /rootfs/var/lib/dangol /var/lib/dangol
COPY --from=build /usr/local/bin/dangol /usr/local/bin/dangol
# Without /tmp: what spills over while sorting, and the demo, go to the volume.
ENV DANGOL_CONFIG=/etc/dangol/dangol.yaml \
    DANGOL_HTTP_LISTEN=:8080 \
    DANGOL_STATE_PATH=/var/lib/dangol/state.db \
    TMPDIR=/var/lib/dangol
USER 65532:65532
VOLUME /var/lib/dangol
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["/usr/local/bin/dangol", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/dangol"]
CMD ["run", "--config", "/etc/dangol/dangol.yaml"]
