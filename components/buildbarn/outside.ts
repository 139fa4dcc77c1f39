import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { OUTSIDE_PORT } from "./configuration/frontend";
import { selector } from "./pod";

/** Name of the service account whose tokens clients outside the cluster show; no pod has it. */
export const OUTSIDE_ACCOUNT = "outside";

/** A server's certificate and its key, PEM each. */
export interface KeyPair {
  readonly certificate: pulumi.Input<string>;
  readonly privateKey: pulumi.Input<string>;
}

/** Arguments of the frontend's door to clients outside the cluster. */
export interface OutsideArgs {
  readonly namespace: pulumi.Input<string>;
  readonly keyPair: KeyPair;
  /** Port of the nodes. */
  readonly nodePort: number;
  /** Network that its balancer is in: pods see it, not the clients. */
  readonly cidr: string;
}

/** Name of the Secret with the key pair. */
export const OUTSIDE_SECRET = "frontend-tls";

/** Declares what the frontend's TLS server stands on: its key pair, who may call, and the port that leads to it. */
export function declareOutside(args: OutsideArgs, options: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const { namespace, keyPair, nodePort, cidr } = args;
  const metadata = (name: string) => ({ name, namespace });
  const secret = new kubernetes.core.v1.Secret(
    OUTSIDE_SECRET,
    {
      metadata: metadata(OUTSIDE_SECRET),
      type: "kubernetes.io/tls",
      stringData: pulumi.secret({ "tls.crt": keyPair.certificate, "tls.key": keyPair.privateKey }),
    },
    options,
  );
  const account = new kubernetes.core.v1.ServiceAccount(
    OUTSIDE_ACCOUNT,
    { metadata: metadata(OUTSIDE_ACCOUNT), automountServiceAccountToken: false },
    options,
  );
  const port = { name: "grpcs", port: 443, targetPort: OUTSIDE_PORT, nodePort };
  new kubernetes.core.v1.Service(
    "frontend-outside",
    {
      // Public to whom its balancer lets through.
      metadata: { ...metadata("frontend-outside"), annotations: { "farm.build/public": "true" } },
      spec: { type: "NodePort", selector: selector("frontend"), ports: [port] },
    },
    options,
  );
  const policy = new kubernetes.networking.v1.NetworkPolicy(
    "outside-frontend",
    {
      metadata: metadata("outside-frontend"),
      spec: {
        podSelector: { matchLabels: selector("frontend") },
        policyTypes: ["Ingress"],
        ingress: [{ from: [{ ipBlock: { cidr } }], ports: [{ port: OUTSIDE_PORT, protocol: "TCP" }] }],
      },
    },
    options,
  );
  return [secret, account, policy];
}
