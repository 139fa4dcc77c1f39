import type { Rule } from "../rule";
import { imageDigestPinned } from "./h01-image-digest-pinned";
import { platformEqualsRunnerImage } from "./h02-platform-equals-runner-image";
import { workerEgressAllowlist } from "./h03-worker-egress-allowlist";
import { workerSubnetNoDefaultRoute } from "./h04-worker-subnet-no-default-route";
import { acWriteWorkersOnly } from "./h05-ac-write-workers-only";
import { clientNoResultUpload } from "./h06-client-no-result-upload";
import { bazelHermeticFlags } from "./h07-bazel-hermetic-flags";
import { downloaderBlocksWorld } from "./h08-downloader-blocks-world";
import { workerEnvClosed } from "./h09-worker-env-closed";
import { amiAndVersionPinned } from "./h10-ami-and-version-pinned";
import { oneActionPerIdentity } from "./h11-one-action-per-identity";
import { ephemeralBuildDir } from "./h12-ephemeral-build-dir";
import { noAmbientCredentials } from "./h13-no-ambient-credentials";
import { archExplicitNoEmulation } from "./h14-arch-explicit-no-emulation";
import { cpuBaselineSingle } from "./h15-cpu-baseline-single";
import { releaseInstanceIsolated } from "./h16-release-instance-isolated";
import { verifyPoolPresent } from "./h17-verify-pool-present";
import { configImmutableHashed } from "./h18-config-immutable-hashed";
import { chartVendored } from "./h19-chart-vendored";
import { releaseInputsPinned } from "./h20-release-inputs-pinned";
import { roleDeclared } from "./h21-role-declared";
import { platformComplete } from "./h22-platform-complete";
import { workerEnvNotInActions } from "./h23-worker-env-not-in-actions";
import { noForeignBuildEvents } from "./h24-no-foreign-build-events";
import { oneScheduler } from "./h25-one-scheduler";
import { workspaceFetchesPinned } from "./h26-workspace-fetches-pinned";
import { workspacePlatformsComplete } from "./h27-workspace-platforms-complete";
import { workspaceLocked } from "./h28-workspace-locked";

/** The rules of the pack monofarm-hermetic, by id. */
export const HERMETIC: readonly Rule[] = [
  imageDigestPinned,
  platformEqualsRunnerImage,
  workerEgressAllowlist,
  workerSubnetNoDefaultRoute,
  acWriteWorkersOnly,
  clientNoResultUpload,
  bazelHermeticFlags,
  downloaderBlocksWorld,
  workerEnvClosed,
  amiAndVersionPinned,
  oneActionPerIdentity,
  ephemeralBuildDir,
  noAmbientCredentials,
  archExplicitNoEmulation,
  cpuBaselineSingle,
  releaseInstanceIsolated,
  verifyPoolPresent,
  configImmutableHashed,
  chartVendored,
  releaseInputsPinned,
  roleDeclared,
  platformComplete,
  workerEnvNotInActions,
  noForeignBuildEvents,
  oneScheduler,
  workspaceFetchesPinned,
  workspacePlatformsComplete,
  workspaceLocked,
];
