/** Families of instances whose CPUs are known: one generation each. */
export const FAMILIES: Readonly<Record<string, { readonly architecture: "amd64" | "arm64"; readonly cpu: string }>> = {
  c7g: { architecture: "arm64", cpu: "graviton3" },
  c7gd: { architecture: "arm64", cpu: "graviton3" },
  c8g: { architecture: "arm64", cpu: "graviton4" },
  c8gd: { architecture: "arm64", cpu: "graviton4" },
  m8g: { architecture: "arm64", cpu: "graviton4" },
  m8gd: { architecture: "arm64", cpu: "graviton4" },
  i8g: { architecture: "arm64", cpu: "graviton4" },
  c7a: { architecture: "amd64", cpu: "zen4" },
  c8a: { architecture: "amd64", cpu: "zen5" },
  c7i: { architecture: "amd64", cpu: "sapphire-rapids" },
  c8i: { architecture: "amd64", cpu: "granite-rapids" },
  c8id: { architecture: "amd64", cpu: "granite-rapids" },
  m8id: { architecture: "amd64", cpu: "granite-rapids" },
};

/** The family of an instance type: `c8gd` of `c8gd.4xlarge`. */
export function familyOf(instanceType: string): string {
  return instanceType.split(".")[0] ?? "";
}

/** The generation of an instance type's CPU; of a family that is not known, the family itself. */
export function cpuOf(instanceType: string): string {
  const family = familyOf(instanceType);
  return (Object.hasOwn(FAMILIES, family) ? FAMILIES[family]?.cpu : undefined) ?? family;
}
