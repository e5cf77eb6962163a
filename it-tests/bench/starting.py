"""How long a start of kubeferry takes, and what it holds when it is idle."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import apiserver
import common

PATIENCE_SECONDS = 30
PLACE = ("127.99.9.10", 19090)
HEALTH_PORT = 19256
QUIET = ["--healthz-bind-address=", "--metrics-bind-address=", "--status-bind-address="]


class Answerer:
    """An endpoint that says one byte to whoever connects."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.listener.accept()
            client.sendall(b"x")
            client.close()


def write_manifests(folder, port, services=1):
    """So many Services in one file, all with the endpoint at {@code port}; the first is at PLACE."""
    items = []
    for number in range(services):
        items.append(common.service(f"s{number}", {"p": PLACE[1]}, f"10.99.9.{number + 10}"))
        items.append(common.endpoint_slice(f"s{number}", {"p": port}, "127.0.0.1"))
    (Path(folder) / "start.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))


def is_carried():
    try:
        with socket.create_connection(PLACE, 1) as client:
            return client.recv(1) == b"x"
    except OSError:
        return False


def is_healthy():
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{HEALTH_PORT}/healthz", timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


def on_manifests(folder, services):
    """What a start on a folder is asked to do, and when it has: when it has carried a connection."""
    write_manifests(folder, Answerer().port, services)
    return ["--manifests", folder, *QUIET], is_carried


def on_api_server(folder, _):
    """The same on an API server: when it is healthy, since endpoints on loopback do not count there."""
    api = apiserver.ApiServer({
        "nodes": {"apiVersion": "v1", "kind": "Node", "metadata": {"name": apiserver.NODE, "resourceVersion": "3"}},
        "services": common.service("s0", {"p": PLACE[1]}, "10.99.9.10"),
        "endpointslices": common.endpoint_slice("s0", {"p": PLACE[1]}, "127.0.0.1")})
    kubeconfig = Path(folder) / "kubeconfig"
    kubeconfig.write_text(api.kubeconfig())
    return ["--kubeconfig", str(kubeconfig), "--hostname-override", apiserver.NODE, *QUIET,
            f"--healthz-bind-address=127.0.0.1:{HEALTH_PORT}"], is_healthy


def one_start(source, java_options="", settle_seconds=2):
    """Seconds and CPU seconds until it does what it was asked for, and MB of anonymous memory a while later."""
    flags, is_done = source
    process = common.Proxy("kubeferry", PLACE[1], [])
    begun = time.monotonic()
    process.process = subprocess.Popen(
        [common.KUBEFERRY, "run", *flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=dict(os.environ, KUBEFERRY_JAVA_OPTS=java_options))
    try:
        while not is_done():
            if process.process.poll() is not None or time.monotonic() - begun > PATIENCE_SECONDS:
                sys.exit("kubeferry does not serve")
            time.sleep(0.005)
        seconds = time.monotonic() - begun
        cpu_seconds = process.cpu_seconds()
        time.sleep(settle_seconds)
        return seconds, cpu_seconds, process.anonymous_bytes() / 1024 / 1024
    finally:
        process.stop()


def starts(rounds, variants, source=on_manifests, services=1, settle_seconds=2):
    """For each variant (its name and Java options) the figures of so many starts, in turn."""
    results = {name: [] for name in variants}
    with tempfile.TemporaryDirectory(prefix="kubeferry-bench-") as folder:
        asked = source(folder, services)
        for _ in range(rounds):
            for name, java_options in variants.items():
                results[name].append(one_start(asked, java_options, settle_seconds))
    return results
