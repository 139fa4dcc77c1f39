import { absent, all, any, type Condition, every, includes, is, oneOf, unlessSet } from "./condition";

/** A container that cannot gain anything: Kubernetes' restricted pod security standard. */
export const CONFINED: Condition = all(
  is("securityContext.allowPrivilegeEscalation", false),
  unlessSet("securityContext.privileged", false),
  includes("securityContext.capabilities.drop", "ALL"),
  any(
    absent("securityContext.capabilities.add"),
    every("securityContext.capabilities.add", oneOf("", ["NET_BIND_SERVICE"])),
  ),
);

/** A pod that shares nothing of its node's, nor processes between its containers. */
export const ON_ITS_OWN: Condition = all(
  ...["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace"].map((share) => unlessSet(`spec.${share}`, false)),
);
