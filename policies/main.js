// What Pulumi runs: rules are TypeScript, which tsx transpiles once and keeps.
require("tsx/cjs");
require("./index.ts");
