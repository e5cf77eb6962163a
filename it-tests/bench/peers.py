"""What is measured side by side: a web server as the backend, kubeferry and its peers in front of it, and their loads."""

import json
import os
import subprocess
from pathlib import Path

import common
from common import Proxy, measured

FLOOR = Path(__file__).resolve().parent / "floor.c"
STREAM_MODULE = Path("/usr/lib/nginx/modules/ngx_stream_module.so")
# What no command of a package tells.
FILES = [STREAM_MODULE, Path("/usr/include/liburing.h")]
BULK_BYTES = 10 * 1024 * 1024
MANY_SERVICES, PORTS_EACH = 100, 100
BACKEND = 18080
CLOSE = ["Connection: close"]


def backend(folder):
    config = backend_config(folder, f"127.0.0.1:{BACKEND}")
    return Proxy("backend", BACKEND, ["nginx", "-p", str(folder), "-c", str(config)])


def backend_config(folder, address):
    """A web server's configuration, and what it serves, in the folder."""
    root = folder / "www"
    root.mkdir()
    (root / "small").write_bytes(b"x" * 24)
    (root / "bulk").write_bytes(os.urandom(1024 * 1024) * (BULK_BYTES // (1024 * 1024)))
    config = folder / "backend.conf"
    config.write_text(
        f"daemon off; worker_processes 2; pid {folder}/backend.pid; error_log {folder}/backend.err;\n"
        "worker_rlimit_nofile 20000; events { worker_connections 9000; }\n"
        "http { access_log off; sendfile on; keepalive_requests 100000000; keepalive_timeout 600s;\n"
        f"  client_header_timeout 600s; server {{ listen {address} backlog=4096; root {root}; }} }}\n"
    )
    return config


def haproxy(folder, name, port, options=""):
    config = folder / f"{name}.cfg"
    config.write_text(
        "global\n  nbthread 2\n  maxconn 4600\n"
        f"defaults\n  mode tcp\n{options}  timeout connect 5s\n  timeout client 1h\n  timeout server 1h\n"
        f"frontend f\n  bind 127.0.0.1:{port} backlog 4096\n  default_backend b\n"
        f"backend b\n  server s 127.0.0.1:{BACKEND}\n"
    )
    return Proxy(name, port, ["haproxy", "-f", str(config)])


def haproxy_version():
    """As it says itself: what it costs differs from one version to the next."""
    said = subprocess.run(["haproxy", "-v"], capture_output=True, text=True, check=True).stdout
    return said.split()[2]


def nginx_stream(folder, port):
    config = folder / "stream.conf"
    config.write_text(
        f"load_module {STREAM_MODULE};\n"
        f"daemon off; worker_processes 2; pid {folder}/stream.pid; error_log {folder}/stream.err;\n"
        "worker_rlimit_nofile 20000; events { worker_connections 9500; }\n"
        f"stream {{ server {{ listen 127.0.0.1:{port} reuseport backlog=4096; proxy_pass 127.0.0.1:{BACKEND};"
        " proxy_timeout 1h; } }\n"
    )
    return Proxy("nginx-stream", port, ["nginx", "-p", str(folder), "-c", str(config)])


def floor(folder, kind, port):
    """A proxy that does the least that is to be done, in C: what of the others' cost is the kernel's."""
    program = folder / "floor"
    if not program.exists():
        subprocess.run(["gcc", "-O2", "-pthread", "-o", str(program), str(FLOOR), "-luring"], check=True)
    return Proxy(f"c-{kind}", port, [str(program), kind, str(port), str(BACKEND), "2"])


def kubeferry(folder, transport, port, name=None):
    """The image as it is shipped, fed by a manifest; the NodePort is the port under test."""
    items = [common.service("bench", {"http": port}, f"10.96.77.{port % 100 + 1}", node_port=port),
             common.endpoint_slice("bench", {"http": BACKEND}, "127.0.0.1")]
    return with_manifests(folder, name or f"kubeferry-{transport}", transport, port, items)


def kubeferry_with_many_ports(folder, transport, port):
    """As above, and it listens on 10,000 more service ports."""
    items = [common.service("bench", {"http": port}, f"10.96.77.{port % 100 + 1}", node_port=port),
             common.endpoint_slice("bench", {"http": BACKEND}, "127.0.0.1")]
    for number in range(MANY_SERVICES):
        ports = {f"p{i}": 20000 + i for i in range(PORTS_EACH)}
        items.append(common.service(f"many-{number}", ports, f"10.97.1.{number + 1}"))
        items.append(common.endpoint_slice(f"many-{number}", {name: BACKEND for name in ports}, "127.0.0.1"))
    return with_manifests(folder, "kubeferry-10000-ports", transport, port, items)


def with_manifests(folder, name, transport, port, items):
    manifests = folder / name
    manifests.mkdir()
    (manifests / "bench.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    return Proxy(name, port, [
        str(common.KUBEFERRY), "run", "--manifests", str(manifests), "--transport", transport, "--event-loops", "2",
        "--healthz-bind-address", "", "--status-bind-address", "", "--metrics-bind-address", f"127.0.0.1:{port + 1000}"])


def loads(proxy, seconds):
    """The three loads, each of which returns how much was carried: requests, connections, GB."""
    return {"request": lambda: proxy.wrk("small", seconds, 32),
            "connection": lambda: proxy.wrk("small", seconds, 32, CLOSE),
            "bulk": lambda: proxy.wrk("bulk", seconds, 4) * BULK_BYTES / 1e9}


def rounds(proxies, count, seconds):
    """What each load cost in each round, by the proxies' names. Load by load, so that what is compared is measured within half
    a minute, and in turn."""
    for number in range(count):
        costs = {proxy.name: {} for proxy in proxies}
        for load in loads(proxies[0], seconds):
            for proxy in in_turn(proxies, number):
                costs[proxy.name][load] = measured(proxy, loads(proxy, seconds)[load])
        yield costs


def in_turn(proxies, number):
    """All of them, in every other round the other way round: none is always the first or the last one."""
    return proxies if number % 2 == 0 else proxies[::-1]


def warm_up(proxy, seconds):
    """So that no round pays for what only the first ones pay: a JVM compiles what runs often while it runs."""
    for load in loads(proxy, seconds).values():
        load()
