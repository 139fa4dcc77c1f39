import { ensureCertificates } from "./certificates";
import { writeKubeconfigs } from "./kubeconfig";
import type { NodePaths } from "./layout";
import { ensureSigningKey } from "./signing-keys";

/** Makes what is missing of all that the daemons of a node prove themselves with. */
export async function ensureCredentials(at: NodePaths): Promise<void> {
  await ensureCertificates(at.certificates);
  ensureSigningKey(at.signingKeys);
  writeKubeconfigs(at);
}
