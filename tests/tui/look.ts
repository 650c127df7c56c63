import { columnsOf } from '../../src/app/text-layout.ts';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import type { Screen } from '../helpers/screen.ts';
import type { Scene } from './golden-scenes.ts';

/* Looking at scenes, in one size of the terminal or in several. */

export type Size = readonly [columns: number, rows: number];

/** Plays a scene in a size, looks at what it shows, and quits. */
export async function look<Result>(
  scene: Scene,
  [columns, rows]: Size,
  env: NodeJS.ProcessEnv,
  see: (app: AppTerminal, services: FakeServices) => Result | Promise<Result>,
): Promise<Result> {
  const services = scene.services?.() ?? new FakeServices();
  const app = openApp(services, { columns, rows, env, initialScreen: scene.initialScreen });
  try {
    await scene.play(app, services);
    return await see(app, services);
  } finally {
    await app.end();
    // A task that ignored the first Ctrl-C.
    for (const run of services.runs) run.end();
  }
}

/** Plays a scene once, and looks at it in each size: it looks as if it had been played in that size (`resize.test.ts`). */
export function lookInSizes<Result>(
  scene: Scene,
  sizes: readonly [Size, ...Size[]],
  env: NodeJS.ProcessEnv,
  see: (screen: Screen, size: Size) => Result,
): Promise<Result[]> {
  return look(scene, sizes[0], env, async (app) => {
    const seen: Result[] = [];
    for (const size of sizes) seen.push(await seeInSize(app, size, (screen) => see(screen, size)));
    return seen;
  });
}

/** Resizes the terminal if it has another size, and looks at the first frame of this size. */
export async function seeInSize<Result>(
  { screen, resize }: AppTerminal,
  size: Size,
  see: (screen: Screen) => Result,
): Promise<Result> {
  const [columns, rows] = size;
  if (columns !== screen.terminal.cols || rows !== screen.terminal.rows) resize(columns, rows);
  let seen: Result;
  const hasSeen = () => {
    if (!isWhole(screen, size)) return false;
    seen = see(screen);
    return true;
  };
  await screen.waitFor(hasSeen, `the frame at ${columns}x${rows}`);
  return seen!;
}

/** Whether the frame has the size of the screen, so nothing is pushed off it. */
export function isWhole(screen: Screen, [columns, rows]: Size): boolean {
  const lines = screen.lines();
  const isRule = (line = '') => columnsOf(line) === columns && /^(─+|-+)$/.test(line);
  // With the status of a training run in the background.
  const isStatus = (line = '') => columnsOf(line) === columns && /^(─ .* ─+|- .* -+)$/.test(line);
  const lower = lines[rows - 2];
  return isRule(lines[1]) && (isRule(lower) || isStatus(lower)) && / \S/.test(lines[rows - 1]!);
}
