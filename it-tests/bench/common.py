"""What the measurements in this folder share: processes under test, their CPU time and memory, and a load by wrk."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

KUBEFERRY = (Path(__file__).resolve().parent.parent.parent
             / "proxy-agent" / "target" / "kubeferry" / "bin" / "kubeferry")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 1).close()"


class Proxy:
    """One process under test: how it is started, and where it listens. It may live in a network namespace."""

    def __init__(self, name, port, command, address="127.0.0.1", inside=(), client_inside=()):
        self.name = name
        self.port = port
        self.command = [*inside, *command]
        self.address = address
        self.client_inside = list(client_inside)
        self.process = None
        self.log = None

    def start(self, folder):
        self.log = folder / f"{self.name}.log"
        with open(self.log, "w") as output:
            self.process = subprocess.Popen(self.command, stdout=output, stderr=subprocess.STDOUT,
                                            start_new_session=True)
        self.await_port(self.port)

    def await_port(self, port):
        """Returns once it listens there."""
        deadline = time.monotonic() + 60
        while not self.listens(port):
            if self.process.poll() is not None:
                sys.exit(f"{self.name} ended:\n" + self.log.read_text())
            if time.monotonic() > deadline:
                sys.exit(f"{self.name} does not listen on {self.address}:{port}:\n" + self.log.read_text())
            time.sleep(0.05)

    def listens(self, port):
        command = [*self.client_inside, sys.executable, "-c", CONNECT, self.address, str(port)]
        return subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def pids(self):
        """The process and its children: nginx works in children."""
        found = [self.process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                found += [int(child) for child in task.read_text().split()]
        return found

    def told(self, name):
        """What a file of /proc says of each of them; not of one that has ended since, as the tools do that kubeferry asks."""
        for pid in self.pids():
            try:
                yield Path(f"/proc/{pid}/{name}").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue

    def cpu_seconds(self):
        ticks = 0
        for text in self.told("stat"):
            fields = text.rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS_PER_SECOND

    def resident_bytes(self):
        total = 0
        for text in self.told("smaps_rollup"):
            total += int(re.search(r"^Rss:\s+(\d+) kB", text, re.M).group(1)) * 1024
        return total

    def anonymous_bytes(self):
        """What the process itself has filled: neither files nor shared memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^RssAnon:\s+(\d+) kB", status, re.M).group(1)) * 1024

    def wrk(self, path, seconds, connections, headers=(), port=None):
        """Loads it, at its own port or another, from where its clients are; returns the number of requests that were answered."""
        command = [*self.client_inside, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s"]
        for header in headers:
            command += ["-H", header]
        command.append(f"http://{self.address}:{port or self.port}/{path}")
        output = subprocess.run(command, capture_output=True, text=True).stdout
        count = re.search(r"(\d+) requests in", output)
        errors = re.search(r"Socket errors: (.*)", output)
        if not count or int(count.group(1)) == 0:
            sys.exit(f"wrk made no request to {self.name}:\n{output}")
        if errors:
            print(f"  wrk to {self.name}: {errors.group(1)}", file=sys.stderr)
        return int(count.group(1))


def machine_cpu_seconds():
    """Everything but idle, of all cores."""
    fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS_PER_SECOND


def measured(proxy, load):
    """CPU seconds of the proxy and of the machine per unit of work, and units per second, of one load."""
    proxy_before, machine_before, begun = proxy.cpu_seconds(), machine_cpu_seconds(), time.monotonic()
    units = load()
    took = time.monotonic() - begun
    return {"cpu": (proxy.cpu_seconds() - proxy_before) / units,
            "machine": (machine_cpu_seconds() - machine_before) / units,
            "rate": units / took}


def service(name, ports, cluster_ip, node_port=None):
    """The manifest of a Service; the ports by name."""
    entries = [{"name": port_name, "port": number} for port_name, number in ports.items()]
    if node_port:
        entries[0]["nodePort"] = node_port
    kind = "NodePort" if node_port else "ClusterIP"
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": "bench"},
            "spec": {"type": kind, "clusterIP": cluster_ip, "ports": entries}}


def endpoint_slice(name, ports, address, node=None):
    """The manifest of a Service's EndpointSlice with one endpoint; the ports by name."""
    endpoint = {"addresses": [address], **({"nodeName": node} if node else {})}
    return {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": {"name": f"{name}-1", "namespace": "bench", "labels": {"kubernetes.io/service-name": name}},
            "ports": [{"name": port_name, "port": number} for port_name, number in ports.items()],
            "endpoints": [endpoint]}
