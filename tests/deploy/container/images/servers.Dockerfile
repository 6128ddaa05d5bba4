# PostgreSQL, Valkey and nginx of Debian, in place of their official images.
FROM python:3.13-slim AS servers
RUN apt-get update --quiet \
    && apt-get install --yes --quiet --no-install-recommends postgresql-17 valkey-server nginx-light

FROM servers AS postgres
ENV PATH=/usr/lib/postgresql/17/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PGDATA=/var/lib/postgresql/data
COPY start-postgres /usr/local/bin/start-postgres
STOPSIGNAL SIGINT
CMD ["sh", "/usr/local/bin/start-postgres"]

FROM servers AS valkey

FROM servers AS nginx
USER 101
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
