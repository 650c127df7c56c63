import type { Contender } from './contender.ts';
import { median } from './peers/serve.ts';
import { BATCH, type NetworkName } from './workload.ts';

export type Work = 'train' | 'evaluate' | 'predict';

/** The result for one contender, network and kind of work. */
export interface Measurement {
  network: NetworkName;
  work: Work;
  name: string;
  threads: number;
  /** Images in a batch. */
  batch: number;
  /** Median of the turns: images per second, or milliseconds per image for `predict`. */
  value: number | null;
  /** The value of each turn. */
  values: number[];
  /** `predict`: 99th percentile over all turns, in milliseconds. */
  p99?: number;
  /** Why there is no value. */
  error?: string;
}

/** A batch that slow contenders can process in a few seconds. */
const SMALL_BATCH = 4;

/** Measures all contenders in turns, so that other load on the machine affects all alike. Slow ones get one turn. */
export async function measure(options: {
  fast: readonly Contender[];
  others: readonly Contender[];
  networks: readonly NetworkName[];
  turns: number;
  seconds: number;
  say: (text: string) => void;
}): Promise<Measurement[]> {
  const { fast, others, networks, turns, seconds, say } = options;
  const found: Measurement[] = [];
  for (const network of networks) {
    for (const work of ['train', 'evaluate', 'predict'] as const) {
      say(`${network}: ${work} …`);
      const measurements = new Map(
        fast.map((contender) => [contender, { values: [] as number[], times: [] as number[] }]),
      );
      for (const [contender] of measurements) await turn(contender, network, work, BATCH, Math.min(seconds, 0.5));
      for (let i = 0; i < turns; i++) {
        for (const [contender, { values, times }] of measurements) {
          const result = await turn(contender, network, work, BATCH, seconds);
          values.push(result.value);
          times.push(...result.times);
        }
      }
      for (const [{ name, threads }, { values, times }] of measurements) {
        const p99 = work === 'predict' ? { p99: times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)]! } : {};
        found.push({ network, work, name, threads, batch: BATCH, value: median(values), values, ...p99 });
      }
      for (const contender of others) {
        const { name, threads } = contender;
        const batch = name.endsWith('cpu') ? SMALL_BATCH : BATCH;
        const row = { network, work, name, threads, batch };
        try {
          const { value, times } = await turn(contender, network, work, batch, seconds);
          const p99 = work === 'predict' ? { p99: times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)]! } : {};
          found.push({ ...row, value, values: [value], ...p99 });
        } catch (error) {
          found.push({ ...row, value: null, values: [], error: (error as Error).message });
        }
      }
    }
  }
  return found;
}

async function turn(contender: Contender, network: NetworkName, work: Work, batch: number, seconds: number) {
  if (work === 'predict') {
    const { times } = await contender.ask({ do: work, network, seconds });
    const milliseconds = times.map((time) => time * 1000);
    return { value: median(milliseconds), times: milliseconds };
  }
  const { seconds: step } = await contender.ask({ do: work, network, batch, seconds });
  return { value: batch / step, times: [] };
}
