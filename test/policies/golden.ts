import { admissionPolicies } from "../../policies/admission";
import { RULES } from "../../policies/rules";

/** Resources as a program declares them, none of which breaks a rule: a small farm on a cluster, on AWS and at GitHub. */
export interface Declared {
  readonly type: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly protect?: boolean;
  /** Names of the resources that a property is made of. */
  readonly madeOf?: Readonly<Record<string, readonly string[]>>;
}

const image = (name: string) => `registry.example/${name}@sha256:${"a".repeat(64)}`;
const labels = (name: string) => ({ "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "monofarm" });
const metadata = (name: string, part = name) => ({ name, namespace: "monofarm", labels: labels(part) });

const confined = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
};
const bounds = { memory: "1Gi", "ephemeral-storage": "1Gi" };
const resources = { requests: bounds, limits: bounds };

const runner = {
  name: "runner",
  restartPolicy: "Always",
  image: image("worker"),
  command: ["/bb/tini", "--", "/bb/confine", "/bb/bb_runner", "/config/runner.json"],
  securityContext: {
    ...confined,
    runAsNonRoot: false,
    runAsUser: 0,
    capabilities: { drop: ["ALL"], add: ["DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID"] },
  },
};
const token = { audience: "storage.monofarm", expirationSeconds: 3600, path: "storage" };
const worker = {
  name: "worker",
  image: image("buildbarn"),
  command: ["/usr/local/bin/tini", "--", "/usr/local/bin/bb_worker", "/config/worker.json"],
  env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
  securityContext: { ...confined, runAsNonRoot: false, runAsUser: 0, capabilities: { drop: ["ALL"], add: ["FOWNER"] } },
};
const platform = {
  properties: [
    { name: "Arch", value: "arm64" },
    { name: "OSFamily", value: "linux" },
    { name: "class", value: "wide" },
    { name: "container-image", value: `docker://${image("worker")}` },
  ],
};
const workerJson = { buildDirectories: [{ runners: [{ concurrency: 1, platform }] }] };
const runnerJson = {
  cleanProcessTable: true,
  cleanTemporaryDirectories: ["/tmp"],
  runCommandCleaner: ["/bb/sweep", "65534", "/tmp"],
  runCommandsAs: { userId: 65534, groupId: 65534 },
};
const tokens = (server: string, ...callers: readonly string[]) => ({
  listenAddresses: [":8980"],
  authenticationPolicy: {
    jwt: {
      jwksFile: "/keys/jwks",
      claimsValidationJmespathExpression: {
        files: [{ key: "issuer", path: "/keys/issuer" }],
        expression: `payload.iss == files.issuer && type(payload.aud) == 'array' && contains(payload.aud, '${server}.monofarm') && type(payload.exp) == 'number' && contains(\`${JSON.stringify(callers)}\`, payload.sub)`,
      },
      metadataExtractionJmespathExpression: { expression: "{public: {subject: payload.sub}}" },
    },
  },
});
const FRONTEND = "system:serviceaccount:monofarm:frontend";
const WORKER = "system:serviceaccount:monofarm:worker";
const storageJson = {
  grpcServers: [tokens("storage", FRONTEND, WORKER)],
  actionCache: {
    putAuthorizer: {
      jmespathExpression: { expression: `contains(\`["${WORKER}"]\`, authenticationMetadata.public.subject)` },
    },
  },
};
const frontendJson = {
  schedulers: { "": {} },
  grpcServers: [tokens("frontend", "system:serviceaccount:monofarm-releases:client")],
  actionCache: { putAuthorizer: { deny: {} } },
  executeAuthorizer: { instanceNamePrefix: { allowedInstanceNamePrefixes: ["release"] } },
};
const gatewayJson = {
  schedulers: { "": {} },
  grpcServers: [{ listenAddresses: ["127.0.0.1:8980"], authenticationPolicy: { allow: {} } }],
  actionCache: { putAuthorizer: { deny: {} } },
};
const BROWSER = "system:serviceaccount:monofarm:browser";
const schedulerJson = { adminHttpServers: [tokens("scheduler", BROWSER)] };
const browserJson = {
  httpServers: [{ listenAddresses: ["127.0.0.1:7984"], authenticationPolicy: { allow: {} } }],
  actionGrpcServers: [tokens("browser", FRONTEND)],
  spanGrpcServers: [tokens("browser", FRONTEND, WORKER)],
};
const configMap = (part: string, data: Record<string, unknown>, more: Record<string, string> = {}) => ({
  type: "kubernetes:core/v1:ConfigMap",
  props: {
    metadata: { name: `${part}-0123abcd`, namespace: "monofarm", labels: { ...labels(part), ...more } },
    immutable: true,
    data,
  },
});
const starlark = (...calls: readonly string[]) => `${calls.join("\n")}\n`;
const json = (value: unknown) => JSON.stringify(value);
const selector = { matchLabels: { "app.kubernetes.io/part-of": "monofarm" } };

/** Rules that the cluster holds by itself. */
const BOUND = ["image-digest-pinned", "pod-restricted", "job-bounded", "role-declared"];

const cluster: Record<string, Declared> = {
  monofarm: {
    type: "kubernetes:core/v1:Namespace",
    props: {
      metadata: {
        name: "monofarm-release",
        labels: {
          "pod-security.kubernetes.io/enforce": "restricted",
          "pod-security.kubernetes.io/enforce-version": "v1.33",
        },
      },
    },
  },
  worker: {
    type: "kubernetes:apps/v1:Deployment",
    props: {
      metadata: metadata("worker"),
      spec: {
        replicas: 2,
        selector,
        template: {
          metadata: { labels: { ...labels("worker"), "farm.build/pool": "verify" } },
          spec: {
            serviceAccountName: "worker",
            automountServiceAccountToken: false,
            hostUsers: false,
            nodeSelector: { "kubernetes.io/arch": "arm64" },
            securityContext: { seccompProfile: { type: "RuntimeDefault" } },
            initContainers: [runner],
            containers: [worker],
            volumes: [
              { name: "config", configMap: { name: "worker-0123abcd" } },
              { name: "build", emptyDir: {} },
              { name: "tokens", projected: { sources: [{ serviceAccountToken: token }] } },
            ],
          },
        },
      },
    },
  },
  budget: {
    type: "kubernetes:policy/v1:PodDisruptionBudget",
    props: {
      metadata: metadata("worker"),
      spec: { maxUnavailable: 1, selector },
    },
  },
  "worker-config": configMap("worker", { "worker.json": json(workerJson), "runner.json": json(runnerJson) }),
  "frontend-config": configMap("frontend", { "frontend.json": json(frontendJson) }, { "farm.build/tier": "release" }),
  "gateway-config": configMap("gateway", { "gateway.json": json(gatewayJson) }),
  "storage-config": configMap("storage", { "storage.json": json(storageJson) }),
  "scheduler-config": configMap("scheduler", { "scheduler.json": json(schedulerJson) }),
  "browser-config": configMap("browser", { "browser.json": json(browserJson) }),
  token: {
    type: "kubernetes:core/v1:ConfigMap",
    props: { metadata: { name: "token-issuer", namespace: "monofarm" }, data: { issuer: "https://issuer" } },
  },
  bazel: configMap("bazel", {
    ".bazelrc":
      "startup --nohome_rc --nosystem_rc\nbuild --nostamp --incompatible_strict_action_env\nbuild --noremote_upload_local_results\n",
    "downloader.cfg": "allow s3.monofarm\nblock *\n",
  }),
  workspace: configMap("workspace", {
    ".bazelrc":
      "startup --nohome_rc --nosystem_rc\nbuild --nostamp --incompatible_strict_action_env --lockfile_mode=error\nbuild --noremote_upload_local_results\n",
    "MODULE.bazel": starlark('archive_override(module_name = "m", integrity = "sha256-x")'),
    "MODULE.bazel.lock": json({ lockFileVersion: 24 }),
    "BUILD.bazel": starlark(
      ...["amd64", "arm64"].map(
        (arch) =>
          `platform(name = "${arch}", exec_properties = {"Arch": "${arch}", "OSFamily": "linux", "class": "narrow", "container-image": "docker://${image(arch)}"})`,
      ),
    ),
  }),
  ...Object.fromEntries(
    admissionPolicies(RULES, {})
      .filter(({ name }) => BOUND.includes(name))
      .map(({ name, spec }): [string, Declared] => [
        `policy-${name}`,
        {
          type: "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy",
          props: { metadata: { name: `monofarm-${name}` }, spec },
        },
      ]),
  ),
  ...Object.fromEntries(
    BOUND.map((name): [string, Declared] => [
      `admission-${name}`,
      {
        type: "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding",
        props: {
          metadata: { name: `monofarm-${name}` },
          spec: {
            policyName: `monofarm-${name}`,
            validationActions: ["Deny"],
            matchResources: {
              namespaceSelector: {
                matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: ["monofarm"] }],
              },
            },
          },
        },
      },
    ]),
  ),
  patch: {
    type: "kubernetes:apps/v1:DeploymentPatch",
    props: { metadata: { name: "portal", namespace: "monofarm", finalizers: [] } },
  },
  "patched-role": {
    type: "kubernetes:rbac.authorization.k8s.io/v1:RolePatch",
    props: { metadata: { name: "autoscaler", namespace: "monofarm", finalizers: [] } },
  },
  "patched-binding": {
    type: "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBindingPatch",
    props: { metadata: { name: "monofarm-pod-restricted", finalizers: [] } },
  },
  scheduler: {
    type: "kubernetes:apps/v1:Deployment",
    props: {
      metadata: metadata("scheduler"),
      spec: {
        replicas: 1,
        strategy: { type: "Recreate" },
        selector,
        template: {
          metadata: { labels: labels("scheduler") },
          spec: {
            securityContext: { runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
            automountServiceAccountToken: false,
            containers: [{ name: "scheduler", image: image("buildbarn"), securityContext: confined }],
            volumes: [
              { name: "config", configMap: { name: "scheduler-0123abcd" } },
              { name: "tls", projected: { sources: [{ secret: { name: "tls" } }] } },
            ],
          },
        },
      },
    },
  },
  tls: {
    type: "kubernetes:core/v1:Secret",
    props: { metadata: metadata("tls", "scheduler"), stringData: { "tls.crt": "", "tls.key": "" } },
  },
  release: {
    type: "kubernetes:batch/v1:Job",
    props: {
      metadata: metadata("release"),
      spec: {
        completionMode: "Indexed",
        completions: 10,
        activeDeadlineSeconds: 3600,
        backoffLimitPerIndex: 3,
        maxFailedIndexes: 10,
        podFailurePolicy: {
          rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
        },
        template: {
          metadata: { labels: { ...labels("release"), "farm.build/publish": "true" } },
          spec: {
            restartPolicy: "Never",
            automountServiceAccountToken: false,
            hostUsers: false,
            securityContext: { seccompProfile: { type: "RuntimeDefault" } },
            containers: [
              {
                name: "client",
                image: image("client"),
                command: ["node", "run-shard.js"],
                env: [{ name: "MONOFARM_JOB_DIGEST", value: "b".repeat(64) }],
                securityContext: confined,
                resources,
              },
            ],
          },
        },
      },
    },
  },
  "token-keys": {
    type: "kubernetes:batch/v1:CronJob",
    props: {
      metadata: metadata("token-keys"),
      spec: {
        schedule: "7 * * * *",
        jobTemplate: {
          spec: {
            activeDeadlineSeconds: 600,
            backoffLimit: 6,
            template: {
              metadata: { labels: labels("token-keys") },
              spec: {
                restartPolicy: "Never",
                automountServiceAccountToken: false,
                securityContext: { seccompProfile: { type: "RuntimeDefault" } },
                containers: [{ name: "fetch", image: image("buildbarn"), securityContext: confined, resources }],
              },
            },
          },
        },
      },
    },
  },
  closed: {
    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    props: {
      metadata: { name: "closed", namespace: "monofarm" },
      spec: {
        podSelector: {},
        policyTypes: ["Ingress", "Egress"],
        egress: [{ to: [{ podSelector: { matchLabels: labels("storage") } }] }, { ports: [{ port: 53 }] }],
      },
    },
  },
  service: {
    type: "kubernetes:core/v1:Service",
    props: { metadata: metadata("frontend"), spec: { type: "ClusterIP", ports: [{ port: 8980 }] } },
  },
  "service-outside": {
    type: "kubernetes:core/v1:Service",
    props: {
      metadata: { ...metadata("frontend-outside", "frontend"), annotations: { "farm.build/public": "true" } },
      spec: { type: "NodePort", selector: labels("frontend"), ports: [{ port: 443 }] },
    },
  },
  ingress: {
    type: "kubernetes:networking.k8s.io/v1:Ingress",
    props: {
      metadata: { ...metadata("portal"), annotations: { "alb.ingress.kubernetes.io/scheme": "internal" } },
      spec: { defaultBackend: { service: { name: "portal", port: { number: 80 } } } },
    },
  },
  account: { type: "kubernetes:core/v1:ServiceAccount", props: { metadata: metadata("worker") } },
  "client-account": {
    type: "kubernetes:core/v1:ServiceAccount",
    props: {
      metadata: {
        ...metadata("client", "release"),
        annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/client" },
      },
    },
  },
  role: {
    type: "kubernetes:rbac.authorization.k8s.io/v1:Role",
    props: {
      metadata: metadata("autoscaler"),
      rules: [
        { apiGroups: ["apps"], resources: ["deployments/scale"], resourceNames: ["worker"], verbs: ["get", "patch"] },
        { apiGroups: [""], resources: ["configmaps"], resourceNames: ["token-keys"], verbs: ["patch"] },
      ],
    },
  },
  binding: {
    type: "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    props: {
      metadata: metadata("autoscaler"),
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "autoscaler" },
      subjects: [{ kind: "ServiceAccount", name: "autoscaler", namespace: "monofarm" }],
    },
  },
  everywhere: {
    type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
    props: {
      metadata: { name: "autoscaler" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "autoscaler" },
      subjects: [{ kind: "ServiceAccount", name: "cluster-autoscaler", namespace: "kube-system" }],
    },
  },
  chart: { type: "kubernetes:helm.sh/v4:Chart", props: { chart: "./charts/prometheus" } },
  "node-class": {
    type: "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass",
    props: {
      spec: {
        amiSelectorTerms: [{ alias: "al2023@v20260601" }],
        metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      },
    },
  },
  runners: {
    type: "kubernetes:actions.github.com/v1alpha1:AutoscalingRunnerSet",
    props: {
      metadata: {
        name: "arm64",
        namespace: "monofarm",
        labels: { ...labels("runner"), "app.kubernetes.io/version": "0.14.2" },
      },
      spec: {
        runnerGroup: "monofarm",
        maxRunners: 10,
        template: {
          metadata: { labels: labels("runner") },
          spec: {
            securityContext: { seccompProfile: { type: "RuntimeDefault" } },
            automountServiceAccountToken: false,
            containers: [{ name: "runner", image: image("runner"), securityContext: confined }],
          },
        },
      },
    },
  },
};

const bucket = (setting: string, props: object): Declared => ({
  type: `aws:s3/bucket${setting}:Bucket${setting}`,
  props: { bucket: "monofarm-release", ...props },
  madeOf: { bucket: ["bucket"] },
});

const aws: Record<string, Declared> = {
  eks: {
    type: "aws:eks/cluster:Cluster",
    props: {
      version: "1.36",
      vpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: false },
      encryptionConfig: { resources: ["secrets"] },
      enabledClusterLogTypes: ["api", "audit", "authenticator"],
      accessConfig: { authenticationMode: "API" },
      deletionProtection: true,
    },
  },
  addon: { type: "aws:eks/addon:Addon", props: { addonName: "vpc-cni", addonVersion: "v1.20.0-eksbuild.1" } },
  subnet: { type: "aws:ec2/subnet:Subnet", props: { cidrBlock: "10.0.0.0/24" } },
  "subnet-routes": { type: "aws:ec2/routeTable:RouteTable", props: { routes: [] } },
  "subnet-association": {
    type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
    props: {},
    madeOf: { subnetId: ["subnet"], routeTableId: ["subnet-routes"] },
  },
  "subnet-route": {
    type: "aws:ec2/route:Route",
    props: { destinationCidrBlock: "10.2.0.0/16" },
    madeOf: { routeTableId: ["subnet-routes"] },
  },
  "worker-role": {
    type: "aws:iam/role:Role",
    props: {
      assumeRolePolicy: json({ Statement: { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" } } }),
    },
  },
  "worker-attachment": {
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    props: { policyArn: "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy" },
    madeOf: { role: ["worker-role"] },
  },
  workers: {
    type: "aws:eks/nodeGroup:NodeGroup",
    madeOf: { subnetIds: ["subnet"], nodeRoleArn: ["worker-role"] },
    props: {
      labels: { "farm.build/role": "worker", "farm.build/cpu": "graviton4" },
      instanceTypes: ["c8gd.4xlarge"],
      releaseVersion: "1.36.0-20260601",
      launchTemplate: { id: "lt-1", version: "3" },
      capacityType: "SPOT",
      scalingConfig: { maxSize: 100 },
    },
  },
  shards: {
    type: "aws:eks/nodeGroup:NodeGroup",
    props: {
      labels: { "farm.build/role": "storage" },
      instanceTypes: ["i8g.2xlarge"],
      subnetIds: ["subnet-1", "subnet-2"],
      launchTemplate: { id: "lt-1", version: "3" },
      capacityType: "ON_DEMAND",
      scalingConfig: { maxSize: 4 },
    },
  },
  karpenter: { type: "kubernetes:karpenter.sh/v1:NodePool", props: { spec: { limits: { cpu: "1000" } } } },
  identity: {
    type: "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    props: { namespace: "monofarm", serviceAccount: "publisher" },
  },
  template: {
    type: "aws:ec2/launchTemplate:LaunchTemplate",
    props: { metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 } },
  },
  routes: {
    type: "aws:ec2/routeTable:RouteTable",
    props: { tags: { "farm.build/role": "worker" }, routes: [{ cidrBlock: "10.0.0.0/16" }] },
  },
  ...Object.fromEntries(
    ["s3", "ecr.api", "ecr.dkr", "sts"].map((service): [string, Declared] => [
      `endpoint-${service.replace(".", "-")}`,
      { type: "aws:ec2/vpcEndpoint:VpcEndpoint", props: { serviceName: `com.amazonaws.eu-west-2.${service}` } },
    ]),
  ),
  route: {
    type: "aws:ec2/route:Route",
    props: { destinationCidrBlock: "10.1.0.0/16" },
    madeOf: { routeTableId: ["routes"] },
  },
  group: {
    type: "aws:ec2/securityGroup:SecurityGroup",
    props: { ingress: [{ fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }] },
  },
  "group-rule": {
    type: "aws:ec2/securityGroupRule:SecurityGroupRule",
    props: { type: "ingress", protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] },
  },
  "group-ingress": {
    type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    props: { ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4: "10.0.0.0/16" },
  },
  "worker-policy": {
    type: "aws:iam/rolePolicy:RolePolicy",
    props: { policy: json({ Statement: [{ Effect: "Allow", Action: ["ecr:BatchGetImage"], Resource: "*" }] }) },
    madeOf: { role: ["worker-role"] },
  },
  publisher: {
    type: "aws:iam/role:Role",
    props: {
      assumeRolePolicy: json({
        Statement: {
          Effect: "Allow",
          Principal: { Federated: "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com" },
          Condition: {
            StringEquals: {
              "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
              "token.actions.githubusercontent.com:repository_id": "1",
              "token.actions.githubusercontent.com:environment": "release",
            },
          },
        },
      }),
    },
  },
  bucket: {
    type: "aws:s3/bucket:Bucket",
    props: {
      bucket: "monofarm-release",
      tags: { "farm.build/purpose": "release" },
      objectLockEnabled: true,
      forceDestroy: false,
    },
    protect: true,
  },
  "bucket-public": bucket("PublicAccessBlock", {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  }),
  "bucket-owner": bucket("OwnershipControls", { rule: { objectOwnership: "BucketOwnerEnforced" } }),
  "bucket-encryption": bucket("ServerSideEncryptionConfiguration", {
    rules: [{ bucketKeyEnabled: true, applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }],
  }),
  "bucket-versions": bucket("Versioning", { versioningConfiguration: { status: "Enabled" } }),
  "bucket-lock": bucket("ObjectLockConfiguration", {
    rule: { defaultRetention: { mode: "COMPLIANCE", days: 3650 } },
  }),
  "bucket-policy": bucket("Policy", {
    policy: json({
      Statement: [
        {
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: "*",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        {
          Effect: "Deny",
          Principal: { AWS: "*" },
          Action: ["s3:PutObject"],
          Resource: "*",
          Condition: { ArnNotEquals: { "aws:PrincipalArn": "arn:aws:iam::1:role/publisher" } },
        },
        {
          Effect: "Deny",
          Principal: "*",
          Action: "s3:PutObject",
          Resource: "*",
          Condition: { Null: { "s3:if-none-match": "true" } },
        },
      ],
    }),
  }),
  "bucket-logging": bucket("Logging", { targetBucket: "monofarm-logs" }),
  "bucket-lifecycle": bucket("LifecycleConfiguration", {
    rules: [{ status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } }],
  }),
  registry: {
    type: "aws:ecr/repository:Repository",
    props: {
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "KMS" }],
    },
  },
  "registry-lifecycle": {
    type: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    props: { policy: json({ rules: [{ rulePriority: 1, selection: { tagStatus: "untagged" } }] }) },
    madeOf: { repository: ["registry"] },
  },
  key: { type: "aws:kms/key:Key", props: { enableKeyRotation: true, deletionWindowInDays: 30 } },
  "key-policy": {
    type: "aws:kms/keyPolicy:KeyPolicy",
    props: {
      policy: json({
        Statement: [{ Effect: "Allow", Principal: { AWS: "arn:aws:iam::1:root" }, Action: "kms:*", Resource: "*" }],
      }),
    },
  },
};

const github: Record<string, Declared> = {
  "runner-group": {
    type: "github:index/actionsRunnerGroup:ActionsRunnerGroup",
    props: {
      name: "monofarm",
      visibility: "selected",
      restrictedToWorkflows: true,
      selectedWorkflows: ["o/r/.github/workflows/release.yml@refs/heads/main"],
    },
  },
  environment: {
    type: "github:index/repositoryEnvironment:RepositoryEnvironment",
    props: {
      environment: "release",
      reviewers: [{ teams: [7] }],
      preventSelfReview: true,
      canAdminsBypass: false,
      deploymentBranchPolicy: { protectedBranches: true },
    },
  },
  "environment-branches": {
    type: "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy",
    props: { environment: "release", branchPattern: "main" },
  },
  actions: {
    type: "github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions",
    props: {
      shaPinningRequired: true,
      allowedActions: "selected",
      allowedActionsConfig: { patternsAlloweds: ["actions/checkout@*"] },
    },
  },
  "organization-workflows": {
    type: "github:index/actionsOrganizationWorkflowPermissions:ActionsOrganizationWorkflowPermissions",
    props: { defaultWorkflowPermissions: "read" },
  },
  "enterprise-group": {
    type: "github:index/enterpriseActionsRunnerGroup:EnterpriseActionsRunnerGroup",
    props: {
      name: "monofarm-enterprise",
      visibility: "selected",
      restrictedToWorkflows: true,
      selectedWorkflows: ["o/r/.github/workflows/release.yml@refs/heads/main"],
    },
  },
  "dependabot-secret": { type: "github:index/dependabotSecret:DependabotSecret", props: { secretName: "NPM_TOKEN" } },
  workflows: {
    type: "github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions",
    props: { defaultWorkflowPermissions: "read" },
  },
  "actions-secret": { type: "github:index/actionsSecret:ActionsSecret", props: { secretName: "CODECOV_TOKEN" } },
};

export const GOLDEN: Readonly<Record<string, Declared>> = { ...cluster, ...aws, ...github };
