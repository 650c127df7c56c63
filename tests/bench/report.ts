import { architecture } from '../../src/core/model/architectures.ts';
import type { Agreement } from './agreement.ts';
import type { Measurement, Work } from './measure.ts';
import { median } from './peers/serve.ts';
import type { HardwareAnswer } from './protocol.ts';
import type { WordTimes } from './words.ts';
import { CLASSES, forwardFlops, type NetworkName, trainingFlops } from './workload.ts';

export interface Report {
  versions: { name: string; threads: number; version: string }[];
  node: string;
  threads: number;
  turns: number;
  hardware: HardwareAnswer;
  agreement: Agreement[];
  measurements: Measurement[];
  words: WordTimes[];
}

const OURS = 'emnist-tui';
const HEADINGS: Record<Work, string> = {
  train: 'training, images/s',
  evaluate: 'evaluation, images/s',
  predict: 'one character, ms',
};

/** The report as text. */
export function render(report: Report): string {
  const { hardware, threads, agreement } = report;
  const worst = Math.max(0, ...agreement.map(({ difference }) => difference));
  const networks = new Set(report.measurements.map(({ network }) => network));
  const lines = [
    `Node ${report.node}, ${threads} threads, kernels "${hardware.build}"; medians of ${report.turns} turns`,
    `FMA peak ${gflops(hardware.peak)}, GEMM microkernel ${gflops(hardware.gemm)} (one thread)`,
    `${threads} independent GEMMs in parallel: ${hardware.scaling.toFixed(2)}x one`,
    `Math.log after a microkernel takes ${hardware.logarithms.after.toFixed(1)}x its time, ${hardware.logarithms.cleared.toFixed(1)}x once the registers are cleared`,
    `losses agree within ${worst.toExponential(1)} in ${agreement.length} comparisons`,
    ...[...networks].flatMap((network) =>
      (['train', 'evaluate', 'predict'] as const).flatMap((work) => table(report, network, work)),
    ),
    '',
    'word of 8 letters, ms',
    ...report.words.map(
      ({ threads, median, p99 }) => `${labelOf(OURS, threads)}${median.toFixed(2).padStart(8)}   p99 ${p99.toFixed(2)}`,
    ),
  ];
  return lines.join('\n');
}

function labelOf(name: string, threads: number): string {
  return `  ${name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`.padEnd(36);
}

function table(report: Report, network: NetworkName, work: Work): string[] {
  const rows = report.measurements.filter((row) => row.network === network && row.work === work);
  const ours = rows.filter(({ name }) => name === OURS);
  const one = ours.find(({ threads }) => threads === 1);
  const lines = ['', `${network}: ${HEADINGS[work]}`];
  for (const row of rows) {
    const label = labelOf(row.name, row.threads);
    if (row.value === null) {
      lines.push(`${label}not supported: ${row.error}`);
      continue;
    }
    const notes: string[] = [];
    const mine = ours.find(({ threads }) => threads === row.threads);
    if (row.p99 !== undefined) notes.push(`p99 ${row.p99.toFixed(3)}`);
    if (row.name === OURS) {
      if (work !== 'predict') notes.push(`${(100 * fractionOfPeak(report, network, row)).toFixed(0)}% of FMA peak`);
      if (one && row !== one && work !== 'predict') notes.push(`${ratio(row, one, work).toFixed(2)}x one thread`);
    } else if (mine) {
      notes.push(`emnist-tui is ${times(ratio(mine, row, work))}`);
    }
    if (work !== 'predict' && row.batch !== 128) notes.push(`batches of ${row.batch}`);
    const value = work === 'predict' ? row.value.toFixed(3) : row.value.toFixed(row.value < 100 ? 1 : 0);
    lines.push(`${label}${value.padStart(9)}   ${notes.join(', ')}`.trimEnd());
  }
  const best = bestPeer(rows, work);
  const mine = ours.find(({ threads }) => threads === report.threads);
  if (best && mine) {
    lines.push(`  emnist-tui is ${times(ratio(mine, best, work))} as PyTorch's best`);
  }
  return lines;
}

/** PyTorch's fastest combination of layout and number of threads. */
function bestPeer(rows: readonly Measurement[], work: Work): Measurement | undefined {
  const torch = rows.filter((row) => row.name.startsWith('PyTorch') && row.value !== null);
  return torch.toSorted((a, b) => (work === 'predict' ? a.value! - b.value! : b.value! - a.value!))[0];
}

/** How many times as fast `a` is as `b`: the median over the turns, in each of which both were measured. */
export function ratio(a: Measurement, b: Measurement, work: Work): number {
  const speed = (value: number) => (work === 'predict' ? 1 / value : value);
  if (a.values.length !== b.values.length) return speed(a.value!) / speed(b.value!);
  return median(a.values.map((value, turn) => speed(value) / speed(b.values[turn]!)));
}

/**
 * Counts the operations of plain convolutions. Winograd's algorithm takes fewer, and so do gradients that skip the
 * zeros from pooling, so the result may exceed 1.
 */
function fractionOfPeak({ hardware }: Report, network: NetworkName, { value, work, threads }: Measurement): number {
  const description = architecture(network, CLASSES);
  const flops = work === 'train' ? trainingFlops(description) : forwardFlops(description);
  return (value! * flops) / (hardware.peak * 1e9 * threads);
}

function times(value: number): string {
  return `${value.toFixed(2)}x as fast`;
}

function gflops(value: number): string {
  return `${value.toFixed(1)} GFLOP/s`;
}
