# The course on Linux, for machines that cannot run bubblewrap themselves (macOS, Windows): `course grade` builds this image
# and runs itself in it. In there every hand-in has a bubblewrap sandbox of its own, as on Linux.
FROM python:3.11-slim

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore TF_CPP_MIN_LOG_LEVEL=2

RUN apt-get update \
 && apt-get install --yes --no-install-recommends bubblewrap tini \
 && rm -rf /var/lib/apt/lists/*

# Not below /usr, which the sandbox shows to hand-ins.
WORKDIR /srv/convnets

# In a layer of their own: packages change less often than the course.
COPY requirements.lock ./
RUN python -m pip install --no-deps --require-hashes --requirement requirements.lock

COPY LICENSE README.md pyproject.toml ./
COPY data data
COPY grader grader
COPY notebooks notebooks
COPY solutions solutions
RUN python -m pip install --no-deps --no-build-isolation --editable .

USER 1000:1000
# tini passes signals on, and buries what a killed sandbox leaves behind.
ENTRYPOINT ["tini", "--", "course"]
