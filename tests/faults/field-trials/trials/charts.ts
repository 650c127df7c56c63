import { rm } from 'node:fs/promises';
import { resolvePaths } from '../../../../src/core/paths.ts';
import { installDatasets } from '../../../helpers/archive.ts';
import { startTerminal } from '../../../helpers/terminal.ts';
import type { Trial } from '../field.ts';

interface Label {
  readonly row: number;
  readonly text: string;
}

/** The labels of the y axis of the first chart, which shows the whole run, and those of the x axis below it. */
function axesOf(screen: string): { rows: Label[]; last: string | undefined } {
  const lines = screen.split('\n');
  const corner = lines.findIndex((line) => /^ *└/.test(line));
  const rows = lines.slice(0, Math.max(0, corner)).flatMap((line, row) => {
    const [, text] = line.match(/^ *([\d.]+%)┤/) ?? [];
    return text === undefined ? [] : [{ row, text }];
  });
  const nextChart = lines[corner]?.lastIndexOf('└') ?? -1;
  return { rows, last: lines[corner + 1]?.slice(0, nextChart).trim().split(/ +/).at(-1) };
}

export const TRIALS: readonly Trial[] = [
  {
    id: '6',
    title: 'the axes of the charts are even, exact, and as long as the run',
    async run(field) {
      // Almost all images are read right, so that the accuracy spans a few percent.
      await installDatasets(resolvePaths(field.home), { digits: { train: 6000, test: 10 } });
      const [file, ...args] = field.command;
      for (const rows of [24, 30, 37]) {
        await rm(resolvePaths(field.home).models, { recursive: true, force: true });
        const app = startTerminal(file!, args, { cols: 100, rows, env: { EMNIST_TUI_HOME: field.home } });
        field.defer(() => app.close());
        await app.waitForText(/Next: /);
        app.press('t');
        await app.waitForText(/❯ ● digits/);
        app.press('tab');
        await app.waitForText(/❯? *Network +.*vgg/);
        app.press('left');
        await app.waitForText(/Network +.*cnn/);
        app.press('tab', 'backspace', 'backspace', '5', 'enter');
        const screen = await app.waitForText(/Epoch +4\/5/, 40_000);
        const { rows: labels, last } = axesOf(screen);
        field.observe(
          `${rows} rows: ${labels.map(({ row, text }) => `${text} on row ${row}`).join(', ')}; epochs to ${last}`,
        );
        const distances = labels.slice(1).map(({ row }, index) => row - labels[index]!.row);
        const values = labels.map(({ text }) => Number.parseFloat(text));
        const steps = values.slice(1).map((value, index) => (values[index]! - value).toFixed(6));
        field.check(labels.length >= 2, 'there are labels');
        field.check(new Set(distances).size <= 1, 'they are equally far apart');
        field.check(new Set(steps).size <= 1, 'so are their values');
        field.check(last === '5', 'the x axis ends at epoch 5 of 5');
        await app.close();
      }
    },
  },
];
