/**
 * What programs in other languages take from this repository; Pulumi reads the schema from these classes and their Args.
 * A release's Jobs are not among them: they are planned from files of a Bazel workspace, which stacks/release.ts does.
 */
export { AwsArtifacts } from "./package/aws-artifacts";
export { AwsPlatform } from "./package/aws-platform";
export { BuildBarn } from "./package/buildbarn";
