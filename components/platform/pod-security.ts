/** Labels of a namespace that enforces a pod security standard, at a version: a new one must not refuse a farm that stands. */
export function podSecurity(standard: "baseline" | "restricted"): Record<string, string> {
  return {
    "pod-security.kubernetes.io/enforce": standard,
    "pod-security.kubernetes.io/enforce-version": "v1.33",
  };
}
