import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "node_modules/",
      "eslint.config.mjs",
      "vitest.config.mts",
      "components/plugin.js",
      "policies/*/node_modules/",
      "policies/**/main.js",
      "bench/policies/answers-nothing/main.js",
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
    },
  },
  {
    files: ["components/**/*.ts"],
    // A program of its own: its pod tells it what to do by its environment.
    ignores: ["components/matrix/run-shard/main.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "env",
          message: "components take arguments; only stacks/ and local/ read the environment",
        },
        { object: "process", property: "cwd", message: "paths come from the module or from arguments" },
      ],
    },
  },
);
