import { connect, type Socket } from "node:net";

/** Inside the farm's network namespace: leads connections that were made outside of it to a port in it (`forward.ts`). */
process.on("message", ({ port }: { readonly port: number }, outside: Socket | undefined) => {
  // Whoever connected may have left on the way.
  if (outside === undefined) return;
  const inside = connect(port, "127.0.0.1");
  outside.pipe(inside).pipe(outside);
  const end = () => {
    outside.destroy();
    inside.destroy();
  };
  outside.on("error", end);
  inside.on("error", end);
});
process.on("disconnect", () => {
  process.exit(0);
});
