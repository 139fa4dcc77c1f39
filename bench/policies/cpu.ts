import { readdirSync, readFileSync } from "node:fs";

/** Milliseconds between looks: what a process uses after the last one before its end is missed. */
const PERIOD = 100;

/** Ticks of /proc/<pid>/stat in a second, which Linux fixes for programs. */
const TICKS = 100;

/** CPU seconds of processes that this one started, and of what they start, as the kernel counts them. */
export class CpuMeter {
  private readonly seen = new Map<number, { readonly seconds: number; readonly command: string }>();
  private readonly timer = setInterval(() => {
    this.look();
  }, PERIOD);

  /** Ends the measurement. @returns seconds of all, and of those whose command line has a text in it */
  stop(text: string): { readonly all: number; readonly own: number } {
    clearInterval(this.timer);
    const sum = (processes: readonly { readonly seconds: number }[]) =>
      processes.reduce((total, { seconds }) => total + seconds, 0);
    const processes = [...this.seen.values()];
    return { all: sum(processes), own: sum(processes.filter(({ command }) => command.includes(text))) };
  }

  private look(): void {
    const running = new Map(readdirSync("/proc").flatMap((entry) => (/^\d+$/.test(entry) ? stat(Number(entry)) : [])));
    for (const [pid, { seconds }] of running) {
      let parent = running.get(pid)?.parent;
      while (parent !== undefined && parent !== process.pid) parent = running.get(parent)?.parent;
      if (parent === process.pid) this.seen.set(pid, { seconds, command: command(pid) });
    }
  }
}

/** Parent and CPU seconds of a process; none where it has ended meanwhile. */
function stat(pid: number): [number, { readonly parent: number; readonly seconds: number }][] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const [parent = 0, user = 0, system = 0] = [1, 11, 12].map((index) => Number(fields[index]));
    return [[pid, { parent, seconds: (user + system) / TICKS }]];
  } catch {
    return [];
  }
}

function command(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
