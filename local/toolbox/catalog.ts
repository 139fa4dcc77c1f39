import type { VersionRange } from "./version";

/** Names of the folders beside this file that hold a `go.mod` and `go.sum`. */
export type ModuleName =
  | "buildbarn"
  | "confine"
  | "coredns"
  | "crane"
  | "etcd"
  | "kube-router"
  | "kubernetes"
  | "kubernetes-provider"
  | "kwok"
  | "prometheus"
  | "pulumi"
  | "pulumi-yaml"
  | "versitygw";

/** Programs that the farm runs, by file name. */
export type FarmProgram =
  | "bb_runner"
  | "bb_scheduler"
  | "bb_storage"
  | "bb_worker"
  | "confine"
  | "coredns"
  | "crane"
  | "etcd"
  | "farm_browser"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-proxy"
  | "kube-router"
  | "kube-scheduler"
  | "kubectl"
  | "kubelet"
  | "prometheus"
  | "promtool"
  | "pulumi"
  | "pulumi-resource-kubernetes"
  | "sweep"
  | "sync_jwks_to_configmap"
  | "versitygw";

/** Programs that only benchmarks run: built when one asks, never for the farm. */
export type BenchProgram = "kwok";

/** Programs that only tests run: `./farm test` builds them. */
export type TestProgram = "pulumi-language-yaml";

/** Programs that are built from Go modules, by file name. */
export type BinaryName = FarmProgram | BenchProgram | TestProgram;

/**
 * A change to the folder `vendor`: in a file of it, `text` for the one place where `find` stands; or one more file, a
 * copy of a file of the tool's own module, both named within that module.
 */
export type VendorChange =
  | { readonly file: string; readonly find: string; readonly text: string }
  | { readonly file: string; readonly copy: string };

/** When a program that the machine has already is good enough: on PATH, or in Pulumi's plugin cache. */
export type Acceptance = { readonly range: VersionRange } & (
  | {
      /** Arguments that make the program print its version. */
      readonly args: readonly string[];
      /** Arguments of programs that take others. */
      readonly argsOf?: Readonly<Partial<Record<BinaryName, readonly string[]>>>;
    }
  | {
      /** Name of the provider: `kubernetes`. */
      readonly plugin: string;
    }
);

/** A Go module of the farm's tools: what is built from it, and what that costs. */
export interface GoModule {
  readonly name: ModuleName;
  /** The module whose version in `go.mod` is the tool's version. */
  readonly module: string;
  /** What the tool reports as its version where the module's own would mislead. */
  readonly version?: string;
  /** Go package by program. */
  readonly programs: Readonly<Partial<Record<BinaryName, string>>>;
  /** Where it is left out, the programs are always built. */
  readonly accepted?: Acceptance;
  /** Go's build tags. @default none */
  readonly tags?: readonly string[];
  /** Linker variables (`-X`), given the version without its `v`. */
  readonly variables?: (version: string) => Readonly<Record<string, string>>;
  /**
   * Packages that are compiled without inlining: large generated bindings that the program hardly calls, and that
   * otherwise take most of the build's time and memory.
   */
  readonly withoutInlining?: string;
  /** Present where the module builds only from a changed copy of its dependencies (`go mod vendor`). */
  readonly vendor?: readonly VendorChange[];
  /** Build with empty caches on 2 cores of an Intel Xeon, downloads included. */
  readonly seconds: number;
  /** Peak memory of the Go toolchain during that build. */
  readonly memoryMiB: number;
  /** Go's module and build caches and the programs, after that build. */
  readonly diskMiB: number;
}

const FUSE = "github.com/buildbarn/bb-remote-execution/pkg/filesystem/virtual/configuration";
const PROVIDER = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/** Every Go module of the farm, the quickest first, so that a mistake of the machine shows early. */
export const GO_MODULES: readonly GoModule[] = [
  {
    name: "confine",
    module: "farm.build/confine",
    version: "1.0.0",
    programs: { confine: "farm.build/confine", sweep: "farm.build/confine/sweep" },
    seconds: 5,
    memoryMiB: 300,
    diskMiB: 100,
  },
  {
    name: "crane",
    module: "github.com/google/go-containerregistry",
    programs: { crane: "github.com/google/go-containerregistry/cmd/crane" },
    accepted: { args: ["version"], range: { from: "0.19", below: "1" } },
    variables: (version) => ({ "github.com/google/go-containerregistry/cmd/crane/cmd.Version": `v${version}` }),
    seconds: 17,
    memoryMiB: 400,
    diskMiB: 300,
  },
  {
    name: "etcd",
    module: "go.etcd.io/etcd/server/v3",
    programs: { etcd: "go.etcd.io/etcd/server/v3" },
    accepted: { args: ["--version"], range: { from: "3.6", below: "3.8" } },
    seconds: 20,
    memoryMiB: 700,
    diskMiB: 400,
  },
  {
    name: "versitygw",
    module: "github.com/versity/versitygw",
    programs: { versitygw: "github.com/versity/versitygw/cmd/versitygw" },
    accepted: { args: ["--version"], range: { from: "1.8", below: "2" } },
    variables: (version) => ({ "main.Version": `v${version}` }),
    seconds: 40,
    memoryMiB: 700,
    diskMiB: 700,
  },
  {
    name: "buildbarn",
    module: "github.com/buildbarn/bb-remote-execution",
    programs: {
      bb_runner: "github.com/buildbarn/bb-remote-execution/cmd/bb_runner",
      bb_scheduler: "github.com/buildbarn/bb-remote-execution/cmd/bb_scheduler",
      bb_storage: "github.com/buildbarn/bb-storage/cmd/bb_storage",
      bb_worker: "github.com/buildbarn/bb-remote-execution/cmd/bb_worker",
      // The farm's own: what BuildBarn has for browsers is not served as a Go module.
      farm_browser: "tools/farm_browser",
      sync_jwks_to_configmap: "github.com/buildbarn/bb-storage/cmd/sync_jwks_to_configmap",
    },
    vendor: [
      // An action that its client gives up is cleaned after as any other is: not in the time of a call that has ended.
      {
        file: "github.com/buildbarn/bb-remote-execution/pkg/runner/clean_runner.go",
        find: "response, err1 := r.base.Run(ctx, request)\n\terr2 := r.idleInvoker.Release(ctx)",
        text: "response, err1 := r.base.Run(ctx, request)\n\terr2 := r.idleInvoker.Release(context.WithoutCancel(ctx))",
      },
      {
        file: "google.golang.org/genproto/googleapis/bytestream/bytestream.pb.go",
        find: "func RegisterByteStreamServer(s *grpc.Server,",
        text: "func RegisterByteStreamServer(s grpc.ServiceRegistrar,",
      },
      // Mounting by FUSE needs a patched go-fuse: its place takes the file for systems without FUSE.
      { file: `${FUSE}/fuse_mount_enabled.go`, find: "//go:build linux\n// +build linux\n", text: "//go:build fuse\n" },
      {
        file: `${FUSE}/fuse_mount_disabled.go`,
        find: "//go:build darwin || freebsd || windows\n// +build darwin freebsd windows\n",
        text: "//go:build !fuse\n",
      },
    ],
    seconds: 60,
    memoryMiB: 800,
    diskMiB: 1200,
  },
  {
    name: "coredns",
    module: "github.com/coredns/coredns",
    programs: { coredns: "github.com/coredns/coredns" },
    accepted: { args: ["-version"], range: { from: "1.11", below: "2" } },
    seconds: 75,
    memoryMiB: 1200,
    diskMiB: 1500,
  },
  {
    name: "kube-router",
    module: "github.com/cloudnativelabs/kube-router/v2",
    programs: { "kube-router": "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router" },
    accepted: { args: ["--version"], range: { from: "2.4", below: "3" } },
    variables: (version) => ({ "github.com/cloudnativelabs/kube-router/v2/pkg/version.Version": `v${version}` }),
    withoutInlining: "github.com/aws/aws-sdk-go-v2/service/ec2",
    seconds: 95,
    memoryMiB: 3500,
    diskMiB: 1500,
  },
  {
    name: "pulumi",
    module: "github.com/pulumi/pulumi/pkg/v3",
    programs: { pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
    accepted: { args: ["version"], range: { from: "3.200", below: "4" } },
    variables: (version) => ({ "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${version}` }),
    seconds: 145,
    memoryMiB: 1800,
    diskMiB: 2500,
  },
  {
    name: "prometheus",
    module: "github.com/prometheus/prometheus",
    version: "3.16.0",
    programs: {
      prometheus: "github.com/prometheus/prometheus/cmd/prometheus",
      promtool: "github.com/prometheus/prometheus/cmd/promtool",
    },
    // The farm's targets are found by DNS: the libraries of two dozen clouds stay out.
    tags: ["remove_all_sd", "enable_dns_sd"],
    variables: (version) => ({ "github.com/prometheus/common/version.Version": version }),
    seconds: 150,
    memoryMiB: 1800,
    diskMiB: 2000,
  },
  {
    name: "kubernetes",
    module: "k8s.io/kubernetes",
    programs: {
      "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
      "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
      "kube-proxy": "k8s.io/kubernetes/cmd/kube-proxy",
      "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
      kubectl: "k8s.io/kubernetes/cmd/kubectl",
      kubelet: "k8s.io/kubernetes/cmd/kubelet",
    },
    accepted: {
      args: ["--version"],
      argsOf: { kubectl: ["version", "--client"] },
      range: { from: "1.37", below: "1.38" },
    },
    variables: (version) => ({
      "k8s.io/component-base/version.gitVersion": `v${version}`,
      "k8s.io/component-base/version.gitMajor": version.split(".")[0] ?? "",
      "k8s.io/component-base/version.gitMinor": version.split(".")[1] ?? "",
    }),
    seconds: 300,
    memoryMiB: 2700,
    diskMiB: 3000,
  },
  {
    name: "kubernetes-provider",
    module: PROVIDER,
    version: "4.27.0",
    programs: { "pulumi-resource-kubernetes": `${PROVIDER}/cmd/pulumi-resource-kubernetes` },
    accepted: { plugin: "kubernetes", range: { from: "4.27", below: "5" } },
    variables: (version) => ({ [`${PROVIDER}/pkg/version.Version`]: version }),
    withoutInlining: "github.com/pulumi/pulumi-kubernetes/sdk/v4/...",
    vendor: [
      { file: "cmd/pulumi-resource-kubernetes/schema.json", copy: "cmd/pulumi-resource-kubernetes/schema-embed.json" },
      {
        file: "cmd/pulumi-resource-kubernetes/terraform-mapping.json",
        copy: "cmd/pulumi-resource-kubernetes/terraform-mapping-embed.json",
      },
    ],
    seconds: 500,
    memoryMiB: 4300,
    diskMiB: 3500,
  },
];
