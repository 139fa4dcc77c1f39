import { type Condition, oneOf } from "./condition";

/** Labels of nodes that name an architecture which is built for. @param at path of the selector */
export function namesArchitecture(at: string): Condition {
  return oneOf(`${at}[kubernetes.io/arch]`, ["amd64", "arm64"]);
}
