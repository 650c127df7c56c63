import type { SampleReading } from '../../../src/app/assess-samples.ts';
import { EmnistError } from '../../../src/core/errors.ts';
import type { LearnEvent } from '../../../src/core/training/learn-event.ts';
import type { AppTerminal } from '../../helpers/app-terminal.ts';
import type { FakeServices } from '../../helpers/fake-services.ts';
import { pasted } from '../../helpers/keys.ts';
import { learnEpochEnd, learnStart, trainEpoch } from '../../helpers/run-events.ts';
import { fresh, pressing, type Scene } from './fixtures.ts';

const DOTS = { '+': 'right', '?': 'unsure', '-': 'wrong' } as const satisfies Record<string, SampleReading>;

/** Services with samples: `'+?-'` are three, of which the first is read right, the second as well but not surely. */
export function withSamples(dots: Readonly<Record<string, string>>): FakeServices {
  const services = fresh();
  services.userSamples = Object.entries(dots).flatMap(([label, readings]) =>
    Array.from(readings, (dot) => ({ label, reading: DOTS[dot as keyof typeof DOTS] })),
  );
  return services;
}

function hand(): FakeServices {
  const services = withSamples({
    ...{ '4': '+-+', a: '-?++', g: '--?+++++++', Q: '+', π: '---', 'see you': '--' },
    ...{ 日本: '--', z: '+-'.repeat(120) },
  });
  services.unknownLabels = ['π', 'see you', '日本'];
  return services;
}

const manyLabels = () =>
  withSamples(Object.fromEntries([...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((label) => [label, '+-+'])));

const listed = (app: AppTerminal) => app.screen.waitForText(/(reads|read right)[\s\S]*[❯>] 4/);

async function learning(app: AppTerminal, services: FakeServices) {
  await listed(app);
  app.press('enter');
  await app.screen.waitForText(/Loading samples/);
  const run = services.learnRuns[0]!;
  run.push(learnStart(), learnEpochEnd(0));
  for (let epoch = 1; epoch <= 3; epoch++)
    run.push(...(trainEpoch(epoch, 4, 10) as LearnEvent[]), learnEpochEnd(epoch));
  run.push(...(trainEpoch(4, 4, 10).slice(0, 2) as LearnEvent[]));
  await app.screen.waitForText(/4\/8[\s\S]*78\.0%/);
  return run;
}

const ended = (overrides: Partial<Extract<LearnEvent, { event: 'end' }>> = {}): LearnEvent => ({
  ...{ event: 'end', reason: 'completed', model: 'shipped-hand', from: 'shipped', samples: 14, seconds: 21.4 },
  ...{ own: { before: 0.6, after: 0.84, count: 3 }, general: { before: 0.872, after: 0.8695, count: 2_000 } },
  accepted: true,
  ...overrides,
});

async function learned(app: AppTerminal, services: FakeServices, overrides?: Parameters<typeof ended>[0]) {
  const run = await learning(app, services);
  for (let epoch = 4; epoch <= 8; epoch++) run.push(learnEpochEnd(epoch));
  run.push(ended(overrides));
  run.end();
  await app.screen.waitForText(/Next:/);
}

export const LEARN_SCENES: Record<string, Scene> = {
  'learn-empty': { initialScreen: 'learn', services: fresh, play: (app) => app.screen.waitForText(/Next:/) },
  'learn-samples': {
    initialScreen: 'learn',
    services: hand,
    play: pressing(listed, ['down', 'down'], /[❯>] a/),
  },
  'learn-many': {
    initialScreen: 'learn',
    services: manyLabels,
    play: pressing(/66\.7%[\s\S]*[❯>] 0/, ['end'], /[❯>] Z/),
  },
  'learn-reading': {
    initialScreen: 'learn',
    services() {
      const services = hand();
      services.readSamples = 7;
      return services;
    },
    play: (app) => app.screen.waitForText(/[❯>] 4[\s\S]*Next:/),
  },
  'learn-delete': {
    initialScreen: 'learn',
    services: hand,
    play: pressing(listed, ['delete'], /Delete the samples of 4\?/),
  },
  'learn-unreadable': {
    initialScreen: 'learn',
    services() {
      const services = hand();
      const file = '/home/user/.local/share/emnist-tui/samples.jsonl';
      services.samplesError = new EmnistError('samples-invalid', `${file}:3: it is damaged`, {
        ...{ file, line: 3, problem: 'line' },
      });
      return services;
    },
    play: (app) => app.screen.waitForText(/it\s+is\s+damaged/),
  },
  'learn-form': {
    initialScreen: 'learn',
    services: hand,
    play: pressing(pressing(listed, ['o'], /the default model/), ['right'], /From .*shipped/),
  },
  'learn-form-invalid': {
    initialScreen: 'learn',
    services: hand,
    play: pressing(pressing(listed, ['o'], /the default model/), ['my hand'], /invalid model name "my hand":/),
  },
  'learn-few': {
    initialScreen: 'learn',
    services: () => withSamples({ Q: '+-', π: '-' }),
    play: (app) => app.screen.waitForText(/Next:/),
  },
  'learn-import': {
    initialScreen: 'learn',
    services: hand,
    play: pressing(pressing(listed, ['i'], /Import from/), [pasted('/home/user/hand.jsonl.gz')], /hand\.jsonl\.gz/),
  },
  'learn-imported': {
    initialScreen: 'learn',
    services: hand,
    play: pressing(
      pressing(listed, ['i'], /Import from/),
      [pasted('/home/user/hand.jsonl.gz'), 'enter'],
      /266 samples[^\n]*(reads|read right)[\s\S]*[❯>] 4[\s\S]*Imported 1 sample[\s\S]*Next:/,
    ),
  },
  'learn-running': { initialScreen: 'learn', services: hand, play: learning },
  'learn-stop': {
    initialScreen: 'learn',
    services: hand,
    play: pressing(learning, ['escape'], /Stop learning\?/),
  },
  'learn-done': { initialScreen: 'learn', services: hand, play: (app, services) => learned(app, services) },
  'learn-undone': {
    initialScreen: 'learn',
    services: hand,
    play: pressing(learned, ['u'], /now\s+the\s+default\.\s+The\s+new/),
  },
  'learn-refused': {
    initialScreen: 'learn',
    services: hand,
    play: (app, services) =>
      learned(app, services, {
        ...{ model: null, accepted: false },
        own: { before: 0.6, after: 0.6, count: 3 },
      }),
  },
  'learn-failed': {
    initialScreen: 'learn',
    services: hand,
    async play(app, services) {
      const run = await learning(app, services);
      run.end(new Error('ENOSPC: no space left on device'));
      await app.screen.waitForText(/ENOSPC/);
    },
  },
};
