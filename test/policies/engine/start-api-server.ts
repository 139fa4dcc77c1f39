/** Starts etcd and an API server, and nothing else, in the network namespace that this runs in; they outlive it. */
import { certificatesDigest } from "../../../local/node/certificates";
import { ensureCredentials } from "../../../local/node/credentials";
import { controlPlane } from "../../../local/node/control-plane";
import { paths } from "../../../local/node/layout";
import { supervise } from "../../../local/node/supervise";
import { presentTools } from "../../../local/toolbox/toolbox";
import { LAYOUT } from "./api-server";

async function main(): Promise<void> {
  const at = paths(LAYOUT);
  const tools = await presentTools();
  await ensureCredentials(at);
  const programs = {
    etcd: tools.etcd.path,
    "kube-apiserver": tools["kube-apiserver"].path,
    "kube-controller-manager": tools["kube-controller-manager"].path,
    "kube-scheduler": tools["kube-scheduler"].path,
  };
  const specs = controlPlane(programs, at).filter(({ name }) => ["etcd", "kube-apiserver"].includes(name));
  await supervise(specs, at, certificatesDigest(at.certificates));
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
