# The app in a container: docker build -t audiomarathon . && docker run -p 7860:7860 -v data:/data audiomarathon
FROM python:3.11-slim

RUN useradd --create-home --uid 1000 app && install -d -o app /data
WORKDIR /home/app/audiomarathon

COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir --requirement requirements.txt --constraint constraints.txt

COPY . .
RUN pip install --no-cache-dir --no-deps --editable .

# The speech model is part of the image.
ENV AMARATHON_MODELS=/opt/amarathon/models
RUN amarathon models fetch && rm -rf /root/.cache && chmod -R a+rX /opt/amarathon

USER app
ENV AMARATHON_HOST=0.0.0.0 AMARATHON_DATA=/data
VOLUME /data
EXPOSE 7860
HEALTHCHECK --start-period=60s CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ.get(\"AMARATHON_PORT\", \"7860\")}/healthz')"]
CMD ["python", "app.py"]
