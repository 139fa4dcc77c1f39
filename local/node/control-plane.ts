import { join } from "node:path";
import type { DaemonSpec, NodeTools } from "./daemon";
import { ADDRESSES, API_SERVER, NODE_NAME, type NodePaths } from "./layout";
import { signingKeys } from "./signing-keys";

/** Programs of the control plane. */
export type ControlPlaneTools = Pick<
  NodeTools,
  "etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler"
>;

/** Finished pods kept before the oldest are deleted: their results live in the artifact store. */
const FINISHED_PODS = 200;

function etcd(tools: ControlPlaneTools, at: NodePaths): DaemonSpec {
  const pki = (file: string) => join(at.certificates, file);
  return {
    name: "etcd",
    binary: tools.etcd,
    args: [
      `--name=${NODE_NAME}`,
      `--data-dir=${at.etcd}`,
      "--listen-client-urls=https://127.0.0.1:2379",
      "--advertise-client-urls=https://127.0.0.1:2379",
      "--listen-peer-urls=https://127.0.0.1:2380",
      "--initial-advertise-peer-urls=https://127.0.0.1:2380",
      `--initial-cluster=${NODE_NAME}=https://127.0.0.1:2380`,
      `--cert-file=${pki("etcd.crt")}`,
      `--key-file=${pki("etcd.key")}`,
      `--trusted-ca-file=${pki("etcd-ca.crt")}`,
      "--client-cert-auth",
      `--peer-cert-file=${pki("etcd.crt")}`,
      `--peer-key-file=${pki("etcd.key")}`,
      `--peer-trusted-ca-file=${pki("etcd-ca.crt")}`,
      "--peer-client-cert-auth",
      "--listen-metrics-urls=http://127.0.0.1:2381",
      "--auto-compaction-mode=periodic",
      "--auto-compaction-retention=1h",
      "--log-level=warn",
    ],
    files: {},
    ports: [2379, 2380, 2381],
    probe: { kind: "http", url: "http://127.0.0.1:2381/readyz", identity: "none" },
    needs: [],
  };
}

/** Longest life of a token of a service account; the API server takes no shorter limit. */
const LONGEST_TOKEN = "1h";

function apiServer(tools: ControlPlaneTools, at: NodePaths): DaemonSpec {
  const pki = (file: string) => join(at.certificates, file);
  const keys = signingKeys(at.signingKeys);
  return {
    name: "kube-apiserver",
    binary: tools["kube-apiserver"],
    args: [
      `--advertise-address=${ADDRESSES.node}`,
      `--bind-address=${ADDRESSES.node}`,
      "--secure-port=6443",
      `--tls-cert-file=${pki("apiserver.crt")}`,
      `--tls-private-key-file=${pki("apiserver.key")}`,
      `--client-ca-file=${pki("cluster-ca.crt")}`,
      "--etcd-servers=https://127.0.0.1:2379",
      `--etcd-cafile=${pki("etcd-ca.crt")}`,
      `--etcd-certfile=${pki("apiserver-etcd-client.crt")}`,
      `--etcd-keyfile=${pki("apiserver-etcd-client.key")}`,
      `--encryption-provider-config=${pki("secrets.json")}`,
      `--kubelet-certificate-authority=${pki("cluster-ca.crt")}`,
      `--kubelet-client-certificate=${pki("apiserver-kubelet-client.crt")}`,
      `--kubelet-client-key=${pki("apiserver-kubelet-client.key")}`,
      "--kubelet-preferred-address-types=InternalIP",
      `--service-account-issuer=https://kubernetes.default.svc.${ADDRESSES.clusterDomain}`,
      ...keys.accepted.map((file) => `--service-account-key-file=${file}`),
      `--service-account-signing-key-file=${keys.signing}`,
      `--service-account-max-token-expiration=${LONGEST_TOKEN}`,
      "--service-account-extend-token-expiration=false",
      `--service-cluster-ip-range=${ADDRESSES.services}`,
      "--authorization-mode=Node,RBAC",
      "--enable-admission-plugins=NodeRestriction",
      "--allow-privileged=true",
      `--requestheader-client-ca-file=${pki("front-proxy-ca.crt")}`,
      "--requestheader-allowed-names=front-proxy-client",
      "--requestheader-extra-headers-prefix=X-Remote-Extra-",
      "--requestheader-group-headers=X-Remote-Group",
      "--requestheader-username-headers=X-Remote-User",
      `--proxy-client-cert-file=${pki("front-proxy-client.crt")}`,
      `--proxy-client-key-file=${pki("front-proxy-client.key")}`,
      "--profiling=false",
    ],
    files: {},
    ports: [6443],
    probe: { kind: "http", url: `${API_SERVER}/readyz`, identity: "admin" },
    needs: ["etcd"],
  };
}

/** How a part of the control plane calls the API server and is called itself; the only one of its kind leads at once. */
function clientArguments(at: NodePaths, name: string): string[] {
  const kubeconfig = join(at.configuration, `${name}.kubeconfig`);
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    "--bind-address=127.0.0.1",
    `--tls-cert-file=${join(at.certificates, "apiserver.crt")}`,
    `--tls-private-key-file=${join(at.certificates, "apiserver.key")}`,
    "--leader-elect=false",
  ];
}

function controllerManager(tools: ControlPlaneTools, at: NodePaths): DaemonSpec {
  const pki = (file: string) => join(at.certificates, file);
  return {
    name: "kube-controller-manager",
    binary: tools["kube-controller-manager"],
    args: [
      ...clientArguments(at, "controller-manager"),
      "--use-service-account-credentials=true",
      `--service-account-private-key-file=${signingKeys(at.signingKeys).signing}`,
      `--root-ca-file=${pki("cluster-ca.crt")}`,
      `--cluster-signing-cert-file=${pki("cluster-ca.crt")}`,
      `--cluster-signing-key-file=${pki("cluster-ca.key")}`,
      "--allocate-node-cidrs=true",
      `--cluster-cidr=${ADDRESSES.pods}`,
      "--node-cidr-mask-size=16",
      `--service-cluster-ip-range=${ADDRESSES.services}`,
      `--terminated-pod-gc-threshold=${FINISHED_PODS}`,
      "--profiling=false",
    ],
    files: {},
    ports: [10257],
    probe: { kind: "http", url: "https://127.0.0.1:10257/healthz", identity: "admin" },
    needs: ["kube-apiserver"],
  };
}

function scheduler(tools: ControlPlaneTools, at: NodePaths): DaemonSpec {
  return {
    name: "kube-scheduler",
    binary: tools["kube-scheduler"],
    args: [...clientArguments(at, "scheduler"), "--profiling=false"],
    files: {},
    ports: [10259],
    probe: { kind: "http", url: "https://127.0.0.1:10259/healthz", identity: "admin" },
    needs: ["kube-apiserver"],
  };
}

/**
 * etcd and the three parts of the control plane.
 * @param more further arguments by daemon; one that is there already is overridden
 */
export function controlPlane(
  tools: ControlPlaneTools,
  at: NodePaths,
  more: Readonly<Record<string, readonly string[]>> = {},
): DaemonSpec[] {
  const daemons = [etcd(tools, at), apiServer(tools, at), controllerManager(tools, at), scheduler(tools, at)];
  return daemons.map((spec) => ({ ...spec, args: [...spec.args, ...(more[spec.name] ?? [])] }));
}
