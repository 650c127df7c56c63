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

/** A program that the bench measures: a process that sleeps until it gets a request. */
export class Contender {
  readonly name: string;
  readonly threads: number;
  /** Version and device, as it reports them. */
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

  /** Starts a contender and sends it the workload. Returns null, with the reason on stderr, if that fails. */
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
      process.stderr.write(`skipping ${options.name}: ${contender.#lastError || (error as Error).message}\n`);
      return null;
    }
  }

  /** Sends a request. Throws the error that the contender reports, if any. */
  ask<R extends Request>(request: R): Promise<Answer<R>> {
    return this.#exchange<Answer<R>>(request);
  }

  async #exchange<T>(message: object): Promise<T> {
    this.#child.stdin!.write(`${JSON.stringify(message)}\n`);
    const { done, value } = await this.#lines.next();
    if (done) throw new Error(`it exited: ${this.#lastError}`);
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
