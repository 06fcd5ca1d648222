# The app in a container, for processors or, with --build-arg TORCH_BACKEND=cuda, for NVIDIA GPUs:
#   docker build -t audiomarathon . && docker run --read-only --tmpfs /tmp -p 7860:7860 -v data:/data audiomarathon
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
ARG TORCH_BACKEND=cpu
ENV PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY scripts scripts
COPY pyproject.toml requirements.txt constraints.txt ./
RUN TORCH_BACKEND=${TORCH_BACKEND} scripts/environment.sh --alone /opt/venv constraints.txt requirements.txt
COPY . .
RUN /opt/venv/bin/pip install --no-deps --no-build-isolation .
# The speech model is part of the image.
ENV AMARATHON_MODELS=/opt/models
RUN /opt/venv/bin/amarathon models fetch && chmod -R a+rX /opt/models
# Where nothing can be written, what is not compiled now would be compiled at every start. One of torch's own tests
# is in the language of Python 3.12.
RUN /opt/venv/bin/python -m compileall -q -j 0 -x torch/testing/_internal /opt/venv/lib

FROM ${BASE}
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/models /opt/models
RUN useradd --create-home --uid 1000 app && install -d -o app -g app /data
# All that is written is in /data, but for what lies in /tmp while it is used: the rest may be read-only.
ENV PATH=/opt/venv/bin:$PATH \
    AMARATHON_MODELS=/opt/models \
    AMARATHON_DATA=/data \
    AMARATHON_HOST=0.0.0.0 \
    HF_HOME=/data/huggingface \
    XDG_CACHE_HOME=/data/cache
WORKDIR /data
USER 1000
VOLUME /data
EXPOSE 7860
HEALTHCHECK --start-period=60s CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ.get(\"AMARATHON_PORT\", \"7860\")}/healthz')"]
# No shell between: the app gets SIGTERM itself, finishes what it answers, and ends.
CMD ["amarathon", "app"]
