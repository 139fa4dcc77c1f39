import { join } from "node:path";
import { KUBELET_SETTINGS } from "../../components/platform/kubelet-settings";
import type { DaemonSpec, NodeTools } from "./daemon";
import { ADDRESSES, NODE_NAME, type NodeLayout, type NodePaths } from "./layout";

/** Pods that the node takes: a matrix of small Jobs beside the farm itself. Kubernetes' own default is 110. */
const MAX_PODS = 250;

/** kubelet's configuration, https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/. */
export function kubeletConfig(layout: NodeLayout, at: NodePaths): Record<string, unknown> {
  const pki = (file: string) => join(at.certificates, file);
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: ADDRESSES.node,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pki("cluster-ca.crt") },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: pki("kubelet-server.crt"),
    tlsPrivateKeyFile: pki("kubelet-server.key"),
    healthzBindAddress: "127.0.0.1",
    healthzPort: 10248,
    containerRuntimeEndpoint: `unix://${at.containerdSocket}`,
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${layout.name}`,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    clusterDNS: [ADDRESSES.dnsService],
    clusterDomain: ADDRESSES.clusterDomain,
    // Pods get nothing of the host's resolver: there is no way to it.
    resolvConf: "",
    podLogsDir: at.podLogs,
    volumePluginDir: join(at.kubelet, "volume-plugins"),
    maxPods: MAX_PODS,
    ...KUBELET_SETTINGS,
    containerLogMaxSize: "10Mi",
    containerLogMaxFiles: 3,
    // Images cannot be pulled again: they are never collected to make room.
    imageGCHighThresholdPercent: 100,
    // Only what would otherwise take the whole machine down.
    evictionHard: { "memory.available": "200Mi", "nodefs.available": "1Gi" },
    logging: { verbosity: 1 },
  };
}

/** kubelet, under the name and address of the one node. */
export function kubelet(layout: NodeLayout, tools: NodeTools, at: NodePaths): DaemonSpec {
  const config = join(at.configuration, "kubelet.json");
  return {
    name: "kubelet",
    binary: tools.kubelet,
    args: [
      `--config=${config}`,
      `--kubeconfig=${join(at.configuration, "kubelet.kubeconfig")}`,
      `--root-dir=${at.kubelet}`,
      `--hostname-override=${NODE_NAME}`,
      `--node-ip=${ADDRESSES.node}`,
    ],
    files: { [config]: JSON.stringify(kubeletConfig(layout, at), undefined, 2) },
    ports: [10248, 10250],
    probe: { kind: "http", url: "http://127.0.0.1:10248/healthz", identity: "none" },
    needs: ["containerd", "kube-apiserver"],
  };
}
