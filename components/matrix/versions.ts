/** The `pgver` version scheme and the `simple` constraint syntax of Monogres' indexes, in one place. */
export { compare, compareNatural, format, parse, type PgVersion, VersionError } from "./version";
export { type Constraint, parseConstraint, satisfies } from "./constraint";
