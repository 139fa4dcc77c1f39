/** A workflow at a ref: `OWNER/REPOSITORY/.github/workflows/FILE.yml@refs/heads/BRANCH` or `…@refs/tags/TAG`. */
const WORKFLOW = /^([^/\s*@]+)\/([^/\s*@]+)\/\.github\/workflows\/[^/\s*@]+\.ya?ml@refs\/(heads|tags)\/([^\s*]+)$/;

/** A workflow's parts; either `branch` or `tag` is there. */
export interface Workflow {
  readonly owner: string;
  readonly repository: string;
  readonly branch?: string;
  readonly tag?: string;
}

/** Whether a text names one workflow at one ref. */
export function isWorkflow(text: string): boolean {
  return WORKFLOW.test(text);
}

/** Reads a workflow at a ref. @throws Error where it is none */
export function parseWorkflow(text: string): Workflow {
  const [, owner, repository, kind, ref] = WORKFLOW.exec(text) ?? [];
  if (owner === undefined || repository === undefined || ref === undefined) throw new Error(`no workflow: ${text}`);
  return { owner, repository, ...(kind === "heads" ? { branch: ref } : { tag: ref }) };
}
