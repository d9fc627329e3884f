# What docs/install.md says of the image, from a clone. Releases are made without it.
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
ARG TARGETOS TARGETARCH
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -ldflags='-s -w' -o /iamvet ./cmd/iamvet

FROM scratch
COPY --from=build /iamvet /ko-app/iamvet
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/ko-app/iamvet"]
