import { paint } from "./colour";

/** What running work may say of itself. */
export interface Report {
  /** Done so far, 0 to 1; shown with an estimate of the time left. */
  fraction(done: number): void;
  /** A few words on what happens now. */
  note(text: string): void;
}

/** Shows long work: what runs, for how long, how much is left. In a pipe: plain lines. */
export interface Progress {
  /**
   * Runs `work` under a title.
   * @param expectedSeconds what it usually takes: the estimate of time left until `fraction` is reported
   */
  task<T>(title: string, expectedSeconds: number, work: (report: Report) => Promise<T>): Promise<T>;
  /** A line that stays, above the running task. */
  line(text: string): void;
}

/** Seconds between two lines about the same task where the output is not a terminal. */
const PIPE_INTERVAL_SECONDS = 30;

/** `95` → `1m35s`, `12.34` → `12s`, `0.42` → `0.4s`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (hours > 0) return `${hours}h${String(minutes).padStart(2, "0")}m`;
  return minutes > 0 ? `${minutes}m${String(rest).padStart(2, "0")}s` : `${rest}s`;
}

/** Seconds left, from what is done or else from what the task usually takes; undefined when neither helps. */
export function secondsLeft(elapsed: number, expected: number, done: number | undefined): number | undefined {
  if (done !== undefined && done > 0.02) return (elapsed / done) * (1 - done);
  return expected > elapsed ? expected - elapsed : undefined;
}

/** Progress on a stream: one line that is redrawn in a terminal, or lines in a pipe. */
export class StreamProgress implements Progress {
  constructor(private readonly out: NodeJS.WriteStream = process.stderr) {}

  async task<T>(title: string, expectedSeconds: number, work: (report: Report) => Promise<T>): Promise<T> {
    const started = Date.now();
    let done: number | undefined;
    let note = "";
    const elapsed = () => (Date.now() - started) / 1000;
    const render = () => {
      const left = secondsLeft(elapsed(), expectedSeconds, done);
      const percent = done === undefined ? "" : ` ${Math.floor(done * 100)}%`;
      return `${title}${percent}${note && ` ${note}`} · ${duration(elapsed())}${left === undefined ? "" : `, about ${duration(left)} left`}`;
    };
    const timer = setInterval(
      () => {
        if (this.out.isTTY) this.draw(render());
        else this.out.write(`  … ${render()}\n`);
      },
      this.out.isTTY ? 500 : PIPE_INTERVAL_SECONDS * 1000,
    );
    timer.unref();
    if (this.out.isTTY) this.draw(render());
    try {
      const result = await work({
        fraction: (value) => (done = value),
        note: (text) => (note = text),
      });
      this.line(`${paint("green", "✓", this.out)} ${title}${note && ` ${note}`} · ${duration(elapsed())}`);
      return result;
    } catch (error) {
      this.line(`${paint("red", "✗", this.out)} ${title} · ${duration(elapsed())}`);
      throw error;
    } finally {
      clearInterval(timer);
    }
  }

  line(text: string): void {
    this.out.write(this.out.isTTY ? `\r\x1b[2K${text}\n` : `${text}\n`);
  }

  private draw(text: string): void {
    this.out.write(`\r\x1b[2K${text.slice(0, (this.out.columns || 80) - 1)}`);
  }
}
