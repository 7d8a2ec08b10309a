# The app is built, put into the program, and the program alone goes into the image: no shell, no user with rights.
#
#   docker build -t niangjia .
#   docker run -v niangjia:/data -p 127.0.0.1:8787:8787 niangjia          (behind a proxy on the same machine)
#
# See docs/operating.md for certificates and backups.

FROM node:22-bookworm-slim AS app
WORKDIR /src
COPY pwa/package.json pwa/package-lock.json pwa/
RUN cd pwa && npm ci --no-audit --no-fund
COPY pwa pwa
COPY api/openapi.yaml api/openapi.yaml
COPY .ci/collect.mjs .ci/collect.mjs
RUN cd pwa && npm run --silent build && mkdir -p /dist && cd .. && node .ci/collect.mjs pwa/dist /dist

FROM golang:1.26-bookworm AS program
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY api api
COPY migrations migrations
COPY server server
COPY sync sync
COPY --from=app /dist server/app/web/dist
# An empty folder for the data and one for what verify needs for a while, which the image's only user may write to.
RUN CGO_ENABLED=0 go build -trimpath -ldflags=-s -o /root-fs/niangjia ./server/cmd/niangjia \
 && mkdir -p /root-fs/data /root-fs/tmp /root-fs/etc/ssl/certs \
 && cp /etc/ssl/certs/ca-certificates.crt /root-fs/etc/ssl/certs/ \
 && chown -R 65532:65532 /root-fs/data /root-fs/tmp && chmod 700 /root-fs/data /root-fs/tmp

FROM scratch
COPY --from=program /root-fs /
USER 65532:65532
ENV NIANGJIA_DATA=/data NIANGJIA_LISTEN=0.0.0.0:8787 NIANGJIA_BEHIND_PROXY=true
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=30s --timeout=6s --start-period=20s CMD ["/niangjia", "healthcheck"]
ENTRYPOINT ["/niangjia"]
CMD ["serve"]
