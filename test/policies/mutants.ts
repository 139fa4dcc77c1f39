import { segments } from "../../policies/predicates/condition";
import { type Declared, GOLDEN } from "./golden";

/** One change to one resource of the golden farm that one rule, and no other, catches. */
export interface Mutant {
  readonly rule: string;
  readonly resource: string;
  /** Path in the resource; `|` enters a text that holds JSON. */
  readonly path: string;
  readonly value: unknown;
}

const POD = "spec.template.spec";
const LABELS = "spec.template.metadata.labels";
const WORKER = "data[worker.json]|buildDirectories.0.runners.0";
const bazelrc = (line: string) =>
  `startup --nohome_rc --nosystem_rc\nbuild --nostamp --incompatible_strict_action_env\nbuild --noremote_upload_local_results\n${line}\n`;

const CLAIMS = "authenticationPolicy.jwt.claimsValidationJmespathExpression.expression";
const PUT = "actionCache.putAuthorizer";
const BOUND = "spec.matchResources.namespaceSelector.matchExpressions";
const caller = (...names: readonly string[]) =>
  `contains(\`${JSON.stringify(names.map((name) => `system:serviceaccount:monofarm:${name}`))}\`, authenticationMetadata.public.subject)`;

/** A container that somebody adds to debug, as confined as the others. */
const DEBUG = {
  name: "debug",
  image: `registry.example/worker@sha256:${"a".repeat(64)}`,
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    capabilities: { drop: ["ALL"] },
  },
};

const OPEN = { listenAddresses: [":9000"], authenticationPolicy: { allow: {} } };
const PROPERTIES = [
  { name: "Arch", value: "arm64" },
  { name: "OSFamily", value: "linux" },
  { name: "class", value: "wide" },
  { name: "container-image", value: `docker://registry.example/worker@sha256:${"a".repeat(64)}` },
];
const RUNNER = { concurrency: 1, platform: { properties: PROPERTIES } };

const pinned = (letter: string) => `r.example/x@sha256:${letter.repeat(64)}`;
const platform = (arch: string, image: string) =>
  `platform(name = "p", exec_properties = {"Arch": "${arch}", "OSFamily": "linux", "class": "wide", "container-image": "docker://${image}"})`;

const rows: readonly (readonly [string, string, string, unknown])[] = [
  ["H01", "scheduler", `${POD}.containers.0.image`, "busybox:1.31.1-uclibc"],
  ["H02", "worker-config", `${WORKER}.platform.properties.3.value`, `docker://r.example/x@sha256:${"c".repeat(64)}`],
  ["H03", "closed", "spec.egress.0", { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }],
  ["H03", "closed", "spec.policyTypes", ["Ingress"]],
  ["H03", "closed", "spec.egress.0", {}],
  ["H02", "worker-config", `${WORKER}.platform.properties.0.value`, "amd64"],
  ["H02", "worker", `${POD}.nodeSelector`, { "kubernetes.io/arch": "amd64" }],
  ["H03", "closed", "spec.egress.0", { to: [] }],
  ["H03", "closed", "spec.egress.1", { ports: [{ port: 53, endPort: 65535 }] }],
  ["H04", "route", "destinationCidrBlock", "0.0.0.0/0"],
  ["H04", "subnet-route", "destinationCidrBlock", "128.0.0.0/1"],
  ["H04", "subnet-route", "destinationCidrBlock", "0.0.0.0/0"],
  ["H04", "routes", "routes.0.cidrBlock", "0.0.0.0/0"],
  [
    "H03",
    "closed",
    "spec.podSelector.matchExpressions",
    [{ key: "farm.build/pool", operator: "NotIn", values: ["verify"] }],
  ],
  ["H04", "endpoint-sts", "serviceName", "com.amazonaws.eu-west-2.ec2"],
  ["H05", "frontend-config", "data[frontend.json]|actionCache.putAuthorizer", { allow: {} }],
  ["H06", "bazel", "data[.bazelrc]", bazelrc("build --remote_local_fallback")],
  ["H06", "bazel", "data[.bazelrc]", bazelrc("build --remote_upload_local_results")],
  ["H06", "bazel", "data[.bazelrc]", bazelrc("build --spawn_strategy=remote,local")],
  ["H07", "bazel", "data[.bazelrc]", bazelrc("build --action_env=PATH")],
  ["H07", "bazel", "data[.bazelrc]", bazelrc("build --stamp")],
  ["H08", "bazel", "data[downloader.cfg]", "allow s3.monofarm\n"],
  ["H09", "worker", `${POD}.containers.0.env`, [{ name: "AWS_ACCESS_KEY_ID", value: "A" }]],
  ["H09", "worker", `${POD}.containers.0.env.1`, { name: "TZ", value: "America/New_York" }],
  ["H10", "eks", "version", undefined],
  ["H10", "addon", "addonVersion", undefined],
  ["H10", "workers", "launchTemplate.version", "$Latest"],
  ["H10", "shards", "launchTemplate", {}],
  ["H10", "node-class", "spec.amiSelectorTerms", [{ name: "*" }]],
  ["H10", "node-class", "spec.amiSelectorTerms.0.alias", "al2023@latest"],
  ["H11", "worker-config", `${WORKER}.concurrency`, 2],
  ["H11", "worker-config", "data[runner.json]|cleanProcessTable", false],
  ["H12", "release", `${POD}.volumes`, [{ name: "work", persistentVolumeClaim: { claimName: "work" } }]],
  ["H12", "worker", `${POD}.volumes.3`, { name: "shared", csi: { driver: "efs.csi.aws.com" } }],
  ["H13", "release", `${POD}.automountServiceAccountToken`, true],
  ["H13", "account", "metadata.annotations", { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/x" }],
  ["H13", "identity", "serviceAccount", "worker"],
  ["H13", "worker", `${POD}.serviceAccountName`, "client"],
  ["H13", "worker", `${POD}.serviceAccountName`, "publisher"],
  ["H13", "worker", `${POD}.volumes.2.projected.sources.0.serviceAccountToken.audience`, "sts.amazonaws.com"],
  ["H13", "worker", `${POD}.volumes.2.projected.sources.0.serviceAccountToken.audience`, "pods.eks.amazonaws.com"],
  ["H13", "worker", `${POD}.volumes.3`, { name: "keys", secret: { secretName: "aws-keys" } }],
  ["H13", "worker", `${POD}.volumes.2.projected.sources.1`, { secret: { name: "aws-keys" } }],
  ["H14", "worker", `${POD}.nodeSelector`, undefined],
  ["H14", "worker", `${LABELS}[farm.build/emulated]`, "true"],
  ["H15", "workers", "instanceTypes", ["c8gd.4xlarge", "c8a.4xlarge"]],
  ["H16", "frontend-config", "data[frontend.json]|executeAuthorizer", { allow: {} }],
  ["H17", "worker", `${LABELS}[farm.build/pool]`, "release"],
  ["H18", "frontend-config", "immutable", undefined],
  ["H19", "chart", "repositoryOpts", { repo: "https://charts.example" }],
  ["H20", "release", `${POD}.containers.0.env.0.value`, "main"],
  ["H21", "scheduler", `${LABELS}[app.kubernetes.io/name]`, "miner"],
  ["H22", "worker-config", `${WORKER}.platform.properties.0.name`, "Architecture"],
  ["H22", "worker-config", `${WORKER}.platform.properties.2.value`, "huge"],
  ["H23", "worker-config", `${WORKER}.environmentVariables`, { CC: "clang" }],
  ["H24", "bazel", "data[.bazelrc]", bazelrc("build --bes_backend=grpcs://app.buildbuddy.io")],
  ["H25", "scheduler", "spec.replicas", 2],
  ["H07", "bazel", "data[.bazelrc]", bazelrc("build --lockfile_mode=update")],
  ["H26", "workspace", "data[MODULE.bazel]", 'archive_override(module_name = "m", urls = ["https://s.example/m.zip"])'],
  ["H26", "workspace", "data[MODULE.bazel]", 'git_override(module_name = "m", remote = "r", branch = "main")'],
  ["H26", "workspace", "data[MODULE.bazel]", 'local_path_override(module_name = "m", path = "/home/me/m")'],
  ["H27", "workspace", "data[BUILD.bazel]", platform("amd64", "worker:latest")],
  ["H27", "workspace", "data[BUILD.bazel]", 'platform(name = "p", exec_properties = {"Arch": "amd64"})'],
  ["H27", "workspace", "data[BUILD.bazel]", platform("amd64", pinned("a")).replace('"wide"', '"huge"')],
  ["H27", "workspace", "data[BUILD.bazel]", `${platform("amd64", pinned("a"))}\n${platform("amd64", pinned("b"))}`],
  ["H28", "workspace", "data[MODULE.bazel.lock]", undefined],
  ["H28", "workspace", "data[.bazelrc]", bazelrc("")],
  ["H28", "workspace", "data[MODULE.bazel]", 'maven.install(artifacts = ["junit:junit:4.13"])'],
  ["S01", "monofarm", "metadata.labels[pod-security.kubernetes.io/enforce]", "privileged"],
  ["S01", "monofarm", "metadata.labels[pod-security.kubernetes.io/enforce-version]", "latest"],
  ["S02", "scheduler", `${POD}.containers.0.securityContext.runAsNonRoot`, false],
  ["S02", "release", `${POD}.containers.0.securityContext.capabilities.drop`, undefined],
  ["S02", "scheduler", `${POD}.hostNetwork`, true],
  ["S02", "scheduler", `${POD}.containers.0.securityContext.seccompProfile`, { type: "Unconfined" }],
  ["S02", "scheduler", `${POD}.containers.0.ports`, [{ containerPort: 8982, hostPort: 8982 }]],
  ["S02", "scheduler", `${POD}.volumes.2`, { name: "shared", nfs: { server: "10.0.0.1", path: "/" } }],
  ["S03", "worker", `${POD}.hostUsers`, undefined],
  ["S04", "service", "spec.type", "LoadBalancer"],
  ["S04", "ingress", "metadata.annotations[alb.ingress.kubernetes.io/scheme]", "internet-facing"],
  ["S04", "workers", "remoteAccess", { ec2SshKey: "key" }],
  ["S04", "group", "ingress.0", { fromPort: 0, toPort: 65535, cidrBlocks: ["0.0.0.0/0"] }],
  ["S05", "template", "metadataOptions.httpPutResponseHopLimit", 2],
  ["S05", "workers", "launchTemplate", undefined],
  ["S05", "node-class", "spec.metadataOptions.httpTokens", "optional"],
  ["S06", "frontend-config", "data[frontend.json]|grpcServers.0.authenticationPolicy", { allow: {} }],
  ["S07", "eks", "vpcConfig.endpointPrivateAccess", false],
  ["S07", "eks", "enabledClusterLogTypes", ["api"]],
  ["S08", "worker-policy", "policy|Statement.0.Action", ["s3:PutObject"]],
  ["S08", "worker-policy", "policy|Statement.0.Action", "*"],
  ["S08", "worker-policy", "policy|Statement.0.Action", ["KMS:Sign"]],
  ["S08", "worker-attachment", "policyArn", "arn:aws:iam::aws:policy/AdministratorAccess"],
  ["S08", "worker-role", "assumeRolePolicy|Statement.Principal", { AWS: "*" }],
  ["S08", "publisher", "inlinePolicies", [{ policy: '{"Statement":{"Effect":"Allow","NotAction":"s3:*"}}' }]],
  ["S09", "actions-secret", "secretName", "AWS_SECRET_ACCESS_KEY"],
  [
    "S10",
    "publisher",
    "assumeRolePolicy|Statement.Condition.StringLike",
    { [`token.actions.githubusercontent.com:sub`]: "*" },
  ],
  ["S11", "bucket", "forceDestroy", true],
  ["S11", "bucket-versions", "versioningConfiguration.status", "Suspended"],
  ["S11", "bucket-public", "blockPublicAcls", false],
  ["S11", "bucket-policy", "policy|Statement.0.Condition", { Bool: { "aws:SecureTransport": "true" } }],
  ["S11", "bucket-policy", "policy|Statement.0.Resource", "arn:aws:s3:::monofarm-release/public/*"],
  ["S11", "bucket-policy", "policy|Statement.3", { Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" }],
  ["S11", "bucket-encryption", "rules.0.bucketKeyEnabled", false],
  ["S11", "bucket-logging", "targetBucket", undefined],
  ["S11", "bucket-lifecycle", "rules.0.abortIncompleteMultipartUpload", undefined],
  ["S12", "bucket-policy", "policy|Statement.2.Condition", undefined],
  ["S12", "bucket-policy", "policy|Statement.1.Action", ["s3:GetObject"]],
  ["S12", "bucket-policy", "policy|Statement.1.Condition.ArnNotEquals[aws:PrincipalArn]", "*"],
  ["S12", "bucket-lock", "rule.defaultRetention.mode", "GOVERNANCE"],
  ["S12", "bucket-lock", "rule.defaultRetention.days", 30],
  ["S13", "bucket-lifecycle", "rules.0.expiration", { days: 90 }],
  ["S14", "registry", "imageTagMutability", "MUTABLE"],
  ["S14", "registry-lifecycle", "policy|rules.0.selection.tagStatus", "any"],
  ["S14", "registry-lifecycle", "policy|rules", undefined],
  ["S15", "key", "enableKeyRotation", false],
  ["S15", "key-policy", "policy|Statement.0.Principal", { AWS: "*" }],
  ["S15", "key", "policy", '{"Statement": [{"Effect": "Allow", "Principal": "*"}]}'],
  ["S15", "key", "policy", '{"Statement":{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::1:root","*"]}}}'],
  ["S16", "runners", "spec.runnerGroup", "Default"],
  ["S16", "runners", "spec.template.spec.nodeSelector", { "farm.build/role": "worker" }],
  ["S16", "runners", "metadata.labels[app.kubernetes.io/version]", undefined],
  ["S17", "runner-group", "restrictedToWorkflows", false],
  ["S17", "runner-group", "selectedWorkflows.0", "o/r/.github/workflows/release.yml@main"],
  ["S17", "runners", "spec.runnerGroup", "somebody-elses"],
  ["S17", "runner-group", "name", "another"],
  ["S18", "environment", "preventSelfReview", false],
  ["S18", "actions", "shaPinningRequired", undefined],
  ["S18", "workflows", "defaultWorkflowPermissions", "write"],
  ["S19", "release", "spec.activeDeadlineSeconds", undefined],
  ["S19", "release", "spec.completions", 200_000],
  ["S19", "release", "spec.maxFailedIndexes", undefined],
  ["S19", "release", "spec.podFailurePolicy.rules.0.onPodConditions", [{ type: "PodScheduled", status: "False" }]],
  ["S20", "shards", "capacityType", "SPOT"],
  ["S20", "shards", "subnetIds", ["subnet-1"]],
  ["S20", "workers", "scalingConfig.maxSize", 250],
  ["S20", "workers", "scalingConfig.maxSize", 150],
  ["S20", "budget", "spec.selector.matchLabels", { "app.kubernetes.io/name": "frontend" }],
  ["S20", "karpenter", "spec.limits", undefined],
  ["S21", "worker", `${POD}.containers.0.securityContext.readOnlyRootFilesystem`, false],
  ["S21", "worker", `${POD}.securityContext.seccompProfile.type`, "Unconfined"],
  ["H05", "storage-config", "data[storage.json]|actionCache.putAuthorizer", { allow: {} }],
  ["S06", "storage-config", "data[storage.json]|grpcServers.0.authenticationPolicy", { allow: {} }],
  ["S06", "scheduler-config", "data[scheduler.json]|adminHttpServers.0.authenticationPolicy", { allow: {} }],
  ["S06", "browser-config", "data[browser.json]|actionGrpcServers.0.authenticationPolicy", { allow: {} }],
  ["S06", "browser-config", "data[browser.json]|spanGrpcServers.0.authenticationPolicy", { allow: {} }],
  ["S06", "browser-config", "data[browser.json]|httpServers.0.listenAddresses.0", ":7984"],
  ["S06", "browser-config", "data[browser.json]|httpServers.0.listenAddresses", undefined],
  ["S06", "storage-config", "data[storage.json]|grpcServers.0.authenticationPolicy.jwt.jwksFile", "/config/jwks"],
  ["S06", "storage-config", "data[storage.json]|grpcServers.0.authenticationPolicy.jwt.jwksInline", { keys: [] }],
  [
    "S06",
    "frontend-config",
    "data[frontend.json]|grpcServers.0.authenticationPolicy.jwt.claimsValidationJmespathExpression.files.0.path",
    "/config/issuer",
  ],
  ["H11", "worker-config", "data[runner.json]|runCommandsAs.userId", 0],
  ["H11", "worker-config", "data[runner.json]|runCommandCleaner", undefined],
  ["H05", "frontend-config", `data[frontend.json]|${PUT}`, { jmespathExpression: { expression: caller("worker") } }],
  ["H05", "gateway-config", `data[gateway.json]|${PUT}`, { allow: {} }],
  ["H05", "storage-config", `data[storage.json]|${PUT}.jmespathExpression.expression`, caller("worker", "browser")],
  ["H05", "storage-config", `data[storage.json]|${PUT}.jmespathExpression.expression`, caller("frontend")],
  [
    "H05",
    "storage-config",
    `data[storage.json]|${PUT}.jmespathExpression.expression`,
    caller("worker").replace(":monofarm:", ":elsewhere:"),
  ],
  [
    "H05",
    "storage-config",
    `data[storage.json]|${PUT}.jmespathExpression.expression`,
    `${caller("worker")} || subject`,
  ],
  ["H11", "worker-config", "data[runner.json]|runCommandCleaner", ["/bin/true"]],
  ["H11", "worker-config", "data[runner.json]|runCommandCleaner", ["/bin/true", "/bb/sweep", "65534", "/tmp"]],
  ["H11", "worker-config", "data[runner.json]|runCommandCleaner", ["/bb/sweep", "1000", "/tmp"]],
  ["H11", "worker-config", "data[runner.json]|runCommandCleaner", ["/bb/sweep", "65534", "/var/tmp"]],
  ["S06", "frontend-config", `data[frontend.json]|grpcServers.0.${CLAIMS}`, "payload.iss == 'i' || payload.aud == 'a'"],
  ["S06", "gateway-config", "data[gateway.json]|grpcServers.0.listenAddresses", [":8980"]],
  [
    "S06",
    "storage-config",
    "data[storage.json]|grpcServers.0.authenticationPolicy.jwt.metadataExtractionJmespathExpression.expression",
    "{public: {subject: 'system:serviceaccount:monofarm:worker'}}",
  ],
  ["S21", "worker", `${POD}.initContainers.0.command.2`, "/bb/bb_runner"],
  ["S21", "worker", `${POD}.initContainers.0.command`, ["/bb/tini", "--", "/bb/bb_runner", "/bb/confine", "/r.json"]],
  ["S21", "worker", `${POD}.initContainers.0.command`, ["/bin/sh", "-c", "/bb/bb_runner /config/runner.json"]],
  ["S21", "worker", `${POD}.initContainers.0.lifecycle`, { postStart: { exec: { command: ["/bb/bb_runner", "/r"] } } }],
  ["S21", "worker", `${POD}.initContainers.0.livenessProbe`, { exec: { command: ["/bb/bb_runner", "/r"] } }],
  ["S21", "worker", `${POD}.initContainers.0.args`, ["/config/other.json"]],
  ["S21", "worker", `${POD}.containers.0.command`, ["/bb/tini", "--", "/copy/of/bb_runner", "/config/runner.json"]],
  ["S21", "worker", `${POD}.containers.0.command`, undefined],
  ["S21", "worker", `${POD}.ephemeralContainers`, [DEBUG]],
  ["S21", "worker", `${POD}.containers.0.securityContext.capabilities.add.0`, "SETUID"],
  ["S21", "worker", `${POD}.initContainers.0.securityContext.capabilities.add.0`, "SYS_ADMIN"],
  ["S06", "worker-config", "data[runner.json]|grpcServers", [OPEN]],
  ["S06", "worker-config", "data[worker.json]|grpcServers", [OPEN]],
  ["S06", "storage-config", "data[storage.json]|global.diagnosticsHttpServer.enablePprof", true],
  ["S06", "scheduler-config", "data[scheduler.jsonnet]", "{}"],
  ["S06", "scheduler-config", "data[bb-scheduler.json]", "{}"],
  ["S06", "tls", "stringData[scheduler.json]", "{}"],
  ["H05", "frontend-config", "data[frontend.json]", JSON.stringify({ actionCache: { putAuthorizer: { allow: {} } } })],
  ["H05", "frontend-config", "data[frontend.json]", '{"action_cache": {"put_authorizer": {"allow": {}}}}'],
  ["H11", "worker-config", "data[worker.json]|buildDirectories.0.runners.1", RUNNER],
  ["H11", "worker-config", "data[worker.json]|buildDirectories.1", { runners: [RUNNER] }],
  [
    "H16",
    "frontend-config",
    "data[frontend.json]|executeAuthorizer.instanceNamePrefix.allowedInstanceNamePrefixes",
    ["release", ""],
  ],
  ["H18", "token", "data[frontend.json]", "{}"],
  ["H22", "worker-config", `${WORKER}.platform.properties`, [...PROPERTIES].reverse()],
  ["H22", "worker-config", `${WORKER}.platform.properties.4`, { name: "Arch", value: "arm64" }],
  ["S22", "admission-pod-restricted", "spec.validationActions", ["Warn"]],
  [
    "S22",
    "admission-image-digest-pinned",
    "spec.matchResources.namespaceSelector.matchExpressions.0.values",
    ["other"],
  ],
  ["S22", "admission-pod-restricted", "spec.matchResources.objectSelector.matchLabels", { "no.body/has": "this" }],
  ["S22", "admission-pod-restricted", `${BOUND}.1`, { key: "no.body/has", operator: "Exists" }],
  ["S22", "admission-pod-restricted", "spec.matchResources.excludeResourceRules", [{ resources: ["pods"] }]],
  ["S22", "policy-pod-restricted", "spec.failurePolicy", "Ignore"],
  ["S22", "policy-pod-restricted", "spec.validations.0.expression", "true"],
  ["S22", "policy-pod-restricted", "spec.variables.0.expression", "oldObject"],
  ["S22", "policy-job-bounded", "spec.matchConditions.0.expression", "false"],
  ["S22", "policy-image-digest-pinned", "spec.matchConstraints.resourceRules.0.operations", ["UPDATE"]],
  ["S23", "patch", "spec", { replicas: 0 }],
  ["S23", "patched-role", "rules", [{ apiGroups: [""], resources: ["pods"], verbs: ["create"] }]],
  ["S23", "patched-binding", "spec", { validationActions: ["Audit"] }],
  ["S23", "patch", "metadata.labels", { "app.kubernetes.io/name": "worker" }],
  ["S24", "worker", `${POD}.volumes.2.projected.sources.0.serviceAccountToken.expirationSeconds`, 7200],
  ["S24", "scheduler", `${POD}.automountServiceAccountToken`, true],
  ["S25", "role", "rules.0.resources", ["deployments"]],
  ["S25", "role", "rules.0.resourceNames", undefined],
  ["S25", "role", "rules.1.verbs.0", "*"],
  ["S25", "role", "rules.1.resources.0", "serviceaccounts/token"],
  ["S25", "binding", "roleRef.kind", "ClusterRole"],
  ["S25", "binding", "subjects.0.name", "worker"],
  ["S25", "binding", "subjects.1", { kind: "Group", name: "system:authenticated" }],
  ["S25", "everywhere", "subjects.0.namespace", "monofarm"],
  ["S25", "everywhere", "subjects.1", { kind: "Group", name: "system:serviceaccounts:monofarm" }],
  ["S25", "everywhere", "subjects.1", { kind: "User", name: "system:serviceaccount:monofarm:worker" }],
];

export const MUTANTS: readonly Mutant[] = rows.map(([rule, resource, path, value]) => ({
  rule,
  resource,
  path,
  value,
}));

/** The golden farm, or another, with one value of one resource set to another; undefined takes it away. */
export function mutate(
  resource: string,
  path: string,
  value: unknown,
  farm: Readonly<Record<string, Declared>> = GOLDEN,
): Record<string, Declared> {
  const declared = farm[resource];
  if (declared === undefined) throw new Error(`no golden resource ${resource}`);
  return {
    ...farm,
    [resource]: { ...declared, props: set(declared.props, path.split("|"), value) as Declared["props"] },
  };
}

function set(target: unknown, [path = "", ...inside]: readonly string[], value: unknown): unknown {
  const copy = structuredClone(target) as Record<string, unknown>;
  const keys = [...segments(path)];
  const last = keys.pop() ?? "";
  let at = copy;
  for (const key of keys) at = (at[key] ??= {}) as Record<string, unknown>;
  if (inside.length > 0) at[last] = JSON.stringify(set(JSON.parse(String(at[last])), inside, value));
  else if (value === undefined) Reflect.deleteProperty(at, last);
  else at[last] = value;
  return copy;
}
