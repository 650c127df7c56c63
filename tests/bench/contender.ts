import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Answer, Greeting, Request } from './protocol.ts';

export interface ContenderOptions {
  name: string;
  threads: number;
  command: string;
  parameters: string[];
  env?: Record<string, string>;
}

/** A program that the bench measures: a process that waits, asleep, until it is asked. */
export class Contender {
  readonly name: string;
  readonly threads: number;
  /** What it says of itself: version, device. */
  version = '';
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #lastError = '';

  private constructor({ name, threads, command, parameters, env }: ContenderOptions) {
    this.name = name;
    this.threads = threads;
    this.#child = spawn(command, parameters, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.#child.stderr!.on('data', (data) => {
      this.#lastError = String(data).trim().split('\n').at(-1)!;
    });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** Starts it and gives it the workload; null, with the reason on stderr, where it cannot be had. */
  static async start(
    options: ContenderOptions,
    { folder, batch, images, networks }: Greeting,
  ): Promise<Contender | null> {
    const contender = new Contender(options);
    try {
      await once(contender.#child, 'spawn');
      const { version } = await contender.#exchange<{ version: string }>({ folder, batch, images, networks });
      contender.version = version;
      return contender;
    } catch (error) {
      process.stderr.write(`${options.name} is left out: ${contender.#lastError || (error as Error).message}\n`);
      return null;
    }
  }

  /** Throws what it answers that it cannot do. */
  ask<R extends Request>(request: R): Promise<Answer<R>> {
    return this.#exchange<Answer<R>>(request);
  }

  async #exchange<T>(message: object): Promise<T> {
    this.#child.stdin!.write(`${JSON.stringify(message)}\n`);
    const { done, value } = await this.#lines.next();
    if (done) throw new Error(`it ended: ${this.#lastError}`);
    const answer = JSON.parse(value) as T & { error?: string };
    if (answer.error) throw new Error(answer.error);
    return answer;
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.stdin!.end();
    await exited;
  }
}
