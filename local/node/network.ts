import { join } from "node:path";
import type { DaemonSpec, NodeTools } from "./daemon";
import { ADDRESSES, NODE_NAME, type NodePaths } from "./layout";

function kubeProxy(tools: NodeTools, at: NodePaths): DaemonSpec {
  const config = join(at.configuration, "kube-proxy.json");
  return {
    name: "kube-proxy",
    binary: tools["kube-proxy"],
    args: [`--config=${config}`],
    files: {
      [config]: JSON.stringify(
        {
          apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
          kind: "KubeProxyConfiguration",
          clientConnection: { kubeconfig: join(at.configuration, "kube-proxy.kubeconfig") },
          mode: "nftables",
          hostnameOverride: NODE_NAME,
          clusterCIDR: ADDRESSES.pods,
          bindAddress: ADDRESSES.node,
          healthzBindAddress: "127.0.0.1:10256",
          metricsBindAddress: "127.0.0.1:10249",
          // The limits of connection tracking belong to the host: a network namespace cannot set them.
          conntrack: { maxPerCore: 0 },
          nftables: { minSyncPeriod: "200ms" },
        },
        undefined,
        2,
      ),
    },
    ports: [10249, 10256],
    probe: { kind: "http", url: "http://127.0.0.1:10256/livez", identity: "none" },
    // It ends when the node's addresses change, and to be registered is such a change.
    needs: ["kubelet"],
  };
}

/** Enforces NetworkPolicies; routes and services are the bridge's and kube-proxy's. */
function kubeRouter(tools: NodeTools, at: NodePaths): DaemonSpec {
  return {
    name: "kube-router",
    binary: tools["kube-router"],
    args: [
      `--kubeconfig=${join(at.configuration, "kube-router.kubeconfig")}`,
      `--hostname-override=${NODE_NAME}`,
      "--run-router=false",
      "--run-service-proxy=false",
      "--run-firewall=true",
      "--enable-cni=false",
      `--service-cluster-ip-range=${ADDRESSES.services}`,
      "--health-addr=127.0.0.1",
      "--health-port=20244",
    ],
    files: {},
    ports: [20244],
    probe: { kind: "http", url: "http://127.0.0.1:20244/healthz", identity: "none" },
    // It gives up when its node is not registered yet.
    needs: ["kubelet"],
  };
}

/** Names of services and pods; every other name is answered at once with NXDOMAIN, for there is no way out. */
export function corefile(at: NodePaths): string {
  return `${ADDRESSES.clusterDomain}:53 in-addr.arpa:53 {
    bind ${ADDRESSES.node}
    errors
    health 127.0.0.1:8080
    ready 127.0.0.1:8181
    kubernetes ${ADDRESSES.clusterDomain} in-addr.arpa {
        kubeconfig ${join(at.configuration, "coredns.kubeconfig")}
        ttl 5
    }
}
.:53 {
    bind ${ADDRESSES.node}
    errors
    template ANY ANY {
        rcode NXDOMAIN
    }
}
`;
}

function coredns(tools: NodeTools, at: NodePaths): DaemonSpec {
  const config = join(at.configuration, "Corefile");
  return {
    name: "coredns",
    binary: tools.coredns,
    args: [`-conf=${config}`],
    files: { [config]: corefile(at) },
    ports: [53, 8080, 8181],
    probe: { kind: "http", url: "http://127.0.0.1:8181/ready", identity: "none" },
    needs: ["kube-apiserver"],
  };
}

/** Services, their names, and NetworkPolicies. */
export function network(tools: NodeTools, at: NodePaths): DaemonSpec[] {
  return [kubeProxy(tools, at), coredns(tools, at), kubeRouter(tools, at)];
}
