import type { Rule } from "../rule";
import { namespacePodSecurity } from "./s01-namespace-pod-security";
import { podRestricted } from "./s02-pod-restricted";
import { usernsForBuilds } from "./s03-userns-for-builds";
import { noPublicAdmin } from "./s04-no-public-admin";
import { imdsLocked } from "./s05-imds-locked";
import { grpcAuthenticated } from "./s06-grpc-authenticated";
import { eksPrivateKmsAudit } from "./s07-eks-private-kms-audit";
import { iamLeast } from "./s08-iam-least";
import { noStaticKeys } from "./s09-no-static-keys";
import { githubTrustTight } from "./s10-github-trust-tight";
import { bucketBaseline } from "./s11-bucket-baseline";
import { releaseWorm } from "./s12-release-worm";
import { noLifecycleOnRelease } from "./s13-no-lifecycle-on-release";
import { ecrImmutableScanned } from "./s14-ecr-immutable-scanned";
import { kmsRotation } from "./s15-kms-rotation";
import { runnerEphemeralUnprivileged } from "./s16-runner-ephemeral-unprivileged";
import { runnerGroupRestricted } from "./s17-runner-group-restricted";
import { releaseEnvProtected } from "./s18-release-env-protected";
import { jobBounded } from "./s19-job-bounded";
import { spendAndSpread } from "./s20-spend-and-spread";
import { workerConfined } from "./s21-worker-confined";
import { admissionBound } from "./s22-admission-bound";
import { noPartialObjects } from "./s23-no-partial-objects";
import { tokensShort } from "./s24-tokens-short";
import { rolesLeast } from "./s25-roles-least";

/** The rules of the pack monofarm-security, by id. */
export const SECURITY: readonly Rule[] = [
  namespacePodSecurity,
  podRestricted,
  usernsForBuilds,
  noPublicAdmin,
  imdsLocked,
  grpcAuthenticated,
  eksPrivateKmsAudit,
  iamLeast,
  noStaticKeys,
  githubTrustTight,
  bucketBaseline,
  releaseWorm,
  noLifecycleOnRelease,
  ecrImmutableScanned,
  kmsRotation,
  runnerEphemeralUnprivileged,
  runnerGroupRestricted,
  releaseEnvProtected,
  jobBounded,
  spendAndSpread,
  workerConfined,
  admissionBound,
  noPartialObjects,
  tokensShort,
  rolesLeast,
];
