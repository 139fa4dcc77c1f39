/** Properties of a resource. */
export type Properties = Readonly<Record<string, unknown>>;

/**
 * What a change of these inputs makes anew; in all others a change is made in place: the AWS provider's `ForceNew`, and
 * what the Kubernetes provider lists in its `diff.go`.
 */
const REPLACING: Readonly<Record<string, readonly string[]>> = {
  "aws:ec2/subnet:Subnet": ["vpcId", "cidrBlock", "availabilityZone"],
  "aws:ec2/vpc:Vpc": ["cidrBlock"],
  "aws:eks/cluster:Cluster": ["name", "roleArn", "bootstrapSelfManagedAddons"],
  "aws:eks/nodeGroup:NodeGroup": ["clusterName", "amiType", "capacityType", "instanceTypes", "subnetIds"],
  "aws:s3/bucket:Bucket": ["bucket", "objectLockEnabled"],
  "kubernetes:apps/v1:Deployment": ["spec.selector"],
  "kubernetes:apps/v1:StatefulSet": [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "kubernetes:core/v1:ConfigMap": ["data", "binaryData"],
  "kubernetes:core/v1:Service": ["spec.clusterIP"],
  "kubernetes:storage.k8s.io/v1:StorageClass": ["parameters", "provisioner"],
};

/** The same for every object of Kubernetes: it is another one. */
const IDENTITY = ["apiVersion", "kind", "metadata.name", "metadata.namespace"];

/** ARNs that policies read more from than that they are somebody's. */
const ARNS: Readonly<Record<string, string>> = {
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider":
    "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
};

/** What a simulated cloud tells of whatever it has made: an id and an ARN that nothing real has. */
export function made(
  type: string,
  name: string,
  inputs: Properties,
): { readonly id: string; readonly outputs: Properties } {
  const id = `simulated-${name}`;
  if (!type.startsWith("aws:")) return { id, outputs: inputs };
  const told = {
    arn: ARNS[type] ?? `arn:aws:simulated:::${type}/${name}`,
    name,
    endpoint: "https://cluster.invalid",
    certificateAuthority: { data: "" },
    identities: [{ oidcs: [{ issuer: "https://issuer.invalid" }] }],
    latestVersion: 1,
  };
  return { id, outputs: { ...told, ...inputs } };
}

/** Keys of inputs that differ, and those of them that make a resource anew. */
export function changed(type: string, olds: Properties, news: Properties) {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  const diffs = keys.filter((key) => canonical(olds[key]) !== canonical(news[key]));
  const replacing = [...(REPLACING[type] ?? []), ...(type.startsWith("kubernetes:") ? IDENTITY : [])];
  return { diffs, replaces: replacing.filter((path) => canonical(at(olds, path)) !== canonical(at(news, path))) };
}

/** What stands at a path, `spec.selector`. */
function at(properties: Properties, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Properties)[key] : undefined),
      properties,
    );
}

/** A value as text that does not depend on the order of its keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a.localeCompare(b)))
      : inner,
  );
}
