import type { GoModule } from "./catalog";

/** Go modules of tests. */
export const TEST_MODULES: readonly GoModule[] = [
  {
    name: "pulumi-yaml",
    module: "github.com/pulumi/pulumi-yaml",
    programs: { "pulumi-language-yaml": "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml" },
    variables: (version) => ({ "github.com/pulumi/pulumi-yaml/pkg/version.Version": `v${version}` }),
    seconds: 60,
    memoryMiB: 1500,
    diskMiB: 1000,
  },
];
