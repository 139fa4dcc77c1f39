import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { API_SERVER, type NodePaths } from "./layout";

/** Client certificates that a daemon reads as a kubeconfig, `<name>.kubeconfig`. */
const KUBECONFIGS = ["controller-manager", "scheduler", "kubelet", "kube-proxy", "coredns", "kube-router"] as const;

/**
 * A kubeconfig (JSON, which is YAML too) for one client certificate, with everything embedded.
 * @param directory of the certificates
 * @param user name of the client certificate in CERTIFICATES
 */
export function kubeconfig(directory: string, user: string): string {
  const base64 = (file: string) => readFileSync(join(directory, file)).toString("base64");
  return JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        { name: "monofarm", cluster: { server: API_SERVER, "certificate-authority-data": base64("cluster-ca.crt") } },
      ],
      users: [
        {
          name: user,
          user: { "client-certificate-data": base64(`${user}.crt`), "client-key-data": base64(`${user}.key`) },
        },
      ],
      contexts: [{ name: "monofarm", context: { cluster: "monofarm", user } }],
      "current-context": "monofarm",
    },
    undefined,
    2,
  );
}

/** Writes the kubeconfig of every daemon, and the administrator's. */
export function writeKubeconfigs(at: NodePaths): void {
  mkdirSync(at.configuration, { recursive: true, mode: 0o700 });
  const write = (file: string, user: string) => {
    writeFileSync(file, kubeconfig(at.certificates, user), { mode: 0o600 });
  };
  for (const user of KUBECONFIGS) write(join(at.configuration, `${user}.kubeconfig`), user);
  write(at.kubeconfig, "admin");
}
