import { audience, type Server } from "../../policies/predicates/identity";
import type { WorkerClass } from "../../components/buildbarn/worker-class";
import { kubeRequest } from "../../local/node/api";
import { presentTools } from "../../local/toolbox/toolbox";
import { addressesOf } from "../../local/release/queue";
import { stackOutputs } from "../../local/stack/pulumi";
import type { FarmOutputs } from "../../stacks/outputs";
import { RemoteClient } from "./remote-execution";

/** Service accounts of the farm, by who they are. */
const NAMESPACES = {
  client: "monofarm-release",
  frontend: "monofarm",
  scheduler: "monofarm",
  worker: "monofarm",
  browser: "monofarm",
  operator: "monofarm",
} as const;

/** A part of the farm, or whoever calls it from outside. */
export type Caller = keyof typeof NAMESPACES;

/** A token of a caller for a server, as kubelet would bring it to a pod. @param seconds that it lives */
export async function tokenOf(caller: Caller, server: Server, seconds = 600): Promise<string> {
  const path = `/api/v1/namespaces/${NAMESPACES[caller]}/serviceaccounts/${caller}/token`;
  const spec = { audiences: [audience(server)], expirationSeconds: seconds };
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec };
  return (await kubeRequest<{ status: { token: string } }>("POST", path, body)).status.token;
}

/** Address of the first pod of a part of the farm. */
export async function addressOf(part: string): Promise<string> {
  return (await addressesOf("monofarm", part))[0] ?? "no pod";
}

/** A client of the frontend, as a Bazel's gateway is one. */
export async function frontendClient(): Promise<RemoteClient> {
  return new RemoteClient(`${await addressOf("frontend")}:8980`, await tokenOf("client", "frontend"));
}

/** The platform of the farm's workers of a class. */
export async function platform(
  architecture: "amd64" | "arm64" = "amd64",
  workerClass: WorkerClass = "wide",
): Promise<Record<string, string>> {
  const { workerImages } = await stackOutputs<FarmOutputs>(await presentTools(), "local");
  const image = `docker://${workerImages[architecture] ?? ""}`;
  return { OSFamily: "linux", Arch: architecture, class: workerClass, "container-image": image };
}
