"""The same kubeferry twice on a node of network namespaces: listening on the node's address, and capturing a ClusterIP
while it keeps its clients' addresses. Client, node and endpoint are namespaces of their own; needs root."""

import contextlib
import json
import os
import subprocess

import common

NODE_ADDRESS, CLIENT_ADDRESS, POD_ADDRESS = "10.45.1.1", "10.45.1.10", "10.45.1.20"
CLUSTER_IP, PORT, NODE_PORT, POD_PORT = "10.96.45.10", 80, 30045, 8080


def ip(*words):
    subprocess.run(["ip", *words], check=True)


@contextlib.contextmanager
def node(folder):
    """A node with two pods behind veths; gives the names of the namespaces of node, client and endpoint."""
    names = [f"kfbench{os.getpid()}{kind}" for kind in "ncp"]
    node_name, client, pod = names
    try:
        for name in names:
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        # An uplink that goes nowhere: what does not leave through it is a pod of this node.
        ip("-n", node_name, "link", "add", "up0", "type", "veth", "peer", "name", "up1")
        for device in ("up0", "up1"):
            ip("-n", node_name, "link", "set", device, "up")
        ip("-n", node_name, "address", "add", "10.46.0.1/24", "dev", "up0")
        ip("-n", node_name, "route", "add", "default", "via", "10.46.0.254")
        ip("-n", node_name, "address", "add", f"{NODE_ADDRESS}/32", "dev", "lo")
        for name, address in ((client, CLIENT_ADDRESS), (pod, POD_ADDRESS)):
            device = f"to{name[-1]}"
            ip("-n", node_name, "link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("-n", node_name, "link", "set", device, "up")
            ip("-n", node_name, "route", "add", address, "dev", device, "src", NODE_ADDRESS)
            ip("-n", name, "link", "set", "eth0", "up")
            ip("-n", name, "address", "add", f"{address}/32", "dev", "eth0")
            ip("-n", name, "route", "add", NODE_ADDRESS, "dev", "eth0")
            ip("-n", name, "route", "add", "default", "via", NODE_ADDRESS, "dev", "eth0")
        set_kernel(node_name, "net.ipv4.ip_forward=1")
        # Else the ports of a load's connections are waited for, and looked for, in the loads behind it.
        for name in names:
            set_kernel(name, "net.ipv4.tcp_max_tw_buckets=1000")
        yield names
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)


def set_kernel(namespace, setting):
    subprocess.run(["ip", "netns", "exec", namespace, "sysctl", "-qw", setting], check=True)


def inside(namespace):
    return ["ip", "netns", "exec", namespace]


def proxies(folder, names, transport):
    """One in loopback mode, which binds the node's address; one that captures."""
    node_name, client, _ = names
    manifests = folder / "manifests-captured"
    manifests.mkdir()
    (manifests / "bench.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [
        common.service("bench", {"http": PORT}, CLUSTER_IP, NODE_PORT),
        common.endpoint_slice("bench", {"http": POD_PORT}, POD_ADDRESS, node="bench")]}))
    command = [str(common.KUBEFERRY), "run", "--manifests", str(manifests), "--transport", transport, "--event-loops", "2",
               "--hostname-override", "bench", "--healthz-bind-address", "", "--metrics-bind-address", "",
               "--status-bind-address", "", "--nodeport-addresses", f"{NODE_ADDRESS}/32"]
    bound = common.Proxy("bound", NODE_PORT, [*command, "--addresses", "loopback"], NODE_ADDRESS, inside(node_name),
                         inside(client))
    capturing = common.Proxy("capturing", PORT, [*command, "--addresses", "capture"], CLUSTER_IP, inside(node_name),
                             inside(client))
    return bound, capturing
