# The worker as an image:  docker build -t skypanel-worker .
# The bases may be any Debian or Ubuntu with Maven and a JDK, and with a Java runtime (17 or newer).
# They are tags, which their makers move; with a digest (--build-arg RUNTIME_IMAGE=NAME@sha256:…)
# the image is made of the same base each time.
ARG BUILD_IMAGE=maven:3.9-eclipse-temurin-25
ARG RUNTIME_IMAGE=eclipse-temurin:25-jre

# Lasts until pom.xml changes: a class that says nothing makes Maven fetch every plugin and library.
FROM ${BUILD_IMAGE} AS dependencies
WORKDIR /src
COPY .mvn .mvn
COPY pom.xml ./
RUN mkdir -p src/main/java \
    && echo 'class Nothing {}' > src/main/java/Nothing.java \
    && mvn -B -q -DskipTests -Dspotless.check.skip package \
    && rm -r src target

FROM dependencies AS build
COPY routes routes
COPY runtimes runtimes
COPY src/main src/main
# Formatting is a matter for commits, not for images.
RUN mvn -B -q -DskipTests -Dspotless.check.skip package

FROM ${RUNTIME_IMAGE}
COPY bin/buildx-plugin /opt/skypanel-worker/bin/
# A fixed uid, so that volumes outlive the image. The folders take any user, for --user; the entry
# point, as root, makes them the worker's own.
RUN apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        ca-certificates git git-lfs openssh-client tini \
    && { /opt/skypanel-worker/bin/buildx-plugin \
        || echo 'This image has no buildx: its worker builds with the classic builder.'; } \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 3001 skypanel \
    && useradd --uid 3001 --gid 3001 --create-home --shell /usr/sbin/nologin skypanel \
    && install -d -m 1777 \
        /var/lib/skypanel-worker /var/lib/skypanel-builds /etc/skypanel-worker/routes \
        /etc/skypanel-worker/runtimes \
    && ln -s /opt/skypanel-worker/bin/skypanel-worker /usr/local/bin/skypanel-worker
WORKDIR /opt/skypanel-worker
COPY --from=build /src/target/lib lib
COPY bin/skypanel-worker bin/container-entrypoint bin/container-health bin/
COPY routes routes
COPY runtimes runtimes
# with the list of what it is made of, for scanners
COPY --from=build /src/target/skypanel-worker.cdx.json /src/target/skypanel-worker.jar ./

ENV WORKER_BIND=0.0.0.0 \
    STATE_DIR=/var/lib/skypanel-worker \
    WORKSPACE_DIR=/var/lib/skypanel-builds \
    LOG_DIR=/var/lib/skypanel-worker/logs \
    ROUTES_DIR=/etc/skypanel-worker/routes \
    RUNTIMES_DIR=/etc/skypanel-worker/runtimes
VOLUME ["/var/lib/skypanel-worker", "/var/lib/skypanel-builds", "/etc/skypanel-worker/routes", \
    "/etc/skypanel-worker/runtimes"]
EXPOSE 3001
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --retries=3 \
    CMD ["/opt/skypanel-worker/bin/container-health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/skypanel-worker/bin/container-entrypoint"]

ARG VERSION=1.0.0-SNAPSHOT
LABEL org.opencontainers.image.title="SkyPanel Worker" \
      org.opencontainers.image.description="Builds and deploys the applications that a SkyPanel panel queues" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}"
