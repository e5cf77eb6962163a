"""The same kubeferry three times, each on a node of network namespaces: listening on the node's address, the same on a node
whose kernel tracks connections, and capturing a ClusterIP while it keeps its clients' addresses, for which the kernel tracks
them too. Client, node and endpoint are namespaces of their own; needs root."""

import contextlib
import json
import os
import statistics
import subprocess

import common
import peers

NODE_ADDRESS, CLIENT_ADDRESS, POD_ADDRESS = "10.45.1.1", "10.45.1.10", "10.45.1.20"
LOOPBACK, TRACKED, CAPTURE = "loopback", "tracked", "capture"
# Some of what kubelet, pod networks and host firewalls have on a node, by which its kernel tracks every connection.
TRACKING = """table inet others {
  chain input { type filter hook input priority filter; ct state established,related accept; }
  chain postrouting { type nat hook postrouting priority srcnat; ip saddr 10.45.1.0/24 oifname "up0" masquerade; }
}"""
CLUSTER_IP, PORT, NODE_PORT, POD_PORT = "10.96.45.10", 80, 30045, 8080


def ip(*words):
    subprocess.run(["ip", *words], check=True)


@contextlib.contextmanager
def node(mode):
    """A node with two pods behind veths; gives the names of the namespaces of node, client and endpoint."""
    names = [f"kfbench{os.getpid()}{mode[0]}{kind}" for kind in "ncp"]
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


@contextlib.contextmanager
def proxy(folder, mode, transport):
    """One kubeferry, started, with a node, a client and an endpoint of its own."""
    root = folder / f"on-a-node-{mode}"
    manifests = root / "manifests"
    manifests.mkdir(parents=True)
    (manifests / "bench.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [
        common.service("bench", {"http": PORT}, CLUSTER_IP, NODE_PORT),
        common.endpoint_slice("bench", {"http": POD_PORT}, POD_ADDRESS, node="bench")]}))
    address, port = (CLUSTER_IP, PORT) if mode == CAPTURE else (NODE_ADDRESS, NODE_PORT)
    with node(mode) as (node_name, client, pod):
        if mode == TRACKED:
            subprocess.run([*inside(node_name), "nft", "-f", "-"], input=TRACKING, text=True, check=True)
        config = peers.backend_config(root, f"{POD_ADDRESS}:{POD_PORT}")
        server = common.Proxy(f"backend-{mode}", POD_PORT, ["nginx", "-p", str(root), "-c", str(config)], POD_ADDRESS,
                              inside(pod), inside(pod))
        agent = common.Proxy(mode, port, [
            str(common.KUBEFERRY), "run", "--manifests", str(manifests), "--transport", transport, "--event-loops", "2",
            "--hostname-override", "bench", "--healthz-bind-address", "", "--metrics-bind-address", "",
            "--status-bind-address", "", "--nodeport-addresses", f"{NODE_ADDRESS}/32",
            "--addresses", CAPTURE if mode == CAPTURE else LOOPBACK],
            address, inside(node_name), inside(client))
        try:
            server.start(root)
            agent.start(root)
            yield agent
        finally:
            agent.stop()
            server.stop()


def compare(folder, transport, rounds, seconds, warmup):
    """CPU per unit of work, captured with kept source, as ratios to the two others; medians over rounds in turn."""
    with contextlib.ExitStack() as running:
        agents = [running.enter_context(proxy(folder, mode, transport)) for mode in (LOOPBACK, TRACKED, CAPTURE)]
        for agent in agents:
            peers.warm_up(agent, warmup)
        costs = list(peers.rounds(agents, rounds, seconds))

    def median(mode, load):
        return statistics.median(each[mode][load]["cpu"] for each in costs)

    return {base: {load: median(CAPTURE, load) / median(base, load) for load in costs[0][CAPTURE]}
            for base in (LOOPBACK, TRACKED)}
