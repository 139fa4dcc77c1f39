/** A provider that takes every resource as it is: stands in for those of AWS, GitHub and Kubernetes in previews. */
import { main } from "@pulumi/pulumi/provider";

main({ version: "0.0.1" }, process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
