import type { ModelStatus } from '../../../src/app/services.ts';
import { isSplit } from '../../../src/core/dataset/dataset-name.ts';
import type { Split } from '../../../src/core/dataset/splits.ts';
import type { ScreenName } from '../../../src/tui/routes.ts';
import type { AppTerminal } from '../../helpers/app-terminal.ts';
import { FakeServices } from '../../helpers/fake-services.ts';
import { fakeModel, fakeStatus } from '../../helpers/fake-status.ts';

/** How to bring the app into one state of one screen. */
export interface Scene {
  readonly initialScreen?: ScreenName;
  readonly services?: () => FakeServices;
  /** It draws on the cells of the terminal, of which a larger one has more, so it looks different after a change of the size. */
  readonly isOfSize?: true;
  /** Resolves when the app shows the state. */
  readonly play: (app: AppTerminal, services: FakeServices) => Promise<unknown>;
}

/** Plays up to a text or a state, then presses keys and waits for a text. */
export function pressing(before: RegExp | Scene['play'], keys: readonly string[], shown: RegExp): Scene['play'] {
  return async (app, services) => {
    if (before instanceof RegExp) await app.screen.waitForText(before);
    else await before(app, services);
    app.press(...keys);
    await app.screen.waitForText(shown);
  };
}

export const BUILT_IN = fakeModel({
  name: 'shipped',
  shipped: true,
  training: { split: 'bymerge', architecture: 'vgg', epochs: 24, validationAccuracy: 0.8971 },
});
export const MODELS = [
  fakeModel(),
  fakeModel({
    name: 'balanced-vgg',
    training: { architecture: 'vgg', epochs: 3, validationAccuracy: 0.8854, date: '2026-03-02T08:00:00.000Z' },
    resumable: true,
  }),
  fakeModel({ name: 'keras', classes: 62, training: null }),
  BUILT_IN,
];
/** CJK and emoji take two columns each. */
export const FOREIGN_MODELS = [
  fakeModel({ name: '日本語の手書きモデル二〇二六年' }),
  fakeModel({ name: '✍️ own hand 👩‍🏫' }),
  fakeModel({ name: 'naïve-café' }),
  BUILT_IN,
];

/** The number of training and test images of NIST's data sets. */
export const IMAGES: Record<Split, readonly [number, number]> = {
  balanced: [112_800, 18_800],
  byclass: [697_932, 116_323],
  bymerge: [697_932, 116_323],
  letters: [124_800, 20_800],
  digits: [240_000, 40_000],
  mnist: [60_000, 10_000],
};

export function servicesWith(present: readonly Split[], models: ModelStatus[]): FakeServices {
  const status = fakeStatus({ present, models });
  for (const dataset of status.datasets) {
    if (dataset.trainImages !== null && isSplit(dataset.split))
      [dataset.trainImages, dataset.testImages] = IMAGES[dataset.split];
  }
  return new FakeServices(status);
}

export const fresh = () => servicesWith([], [BUILT_IN]);
export const used = () => servicesWith(['balanced', 'byclass', 'digits'], MODELS);

/** With drawings that the user has labeled. */
export function usedWithSamples(): FakeServices {
  const services = used();
  const { storage } = fakeStatus({ present: ['balanced', 'byclass', 'digits'], models: MODELS, samples: 14 });
  services.currentStatus = { ...services.currentStatus, storage };
  return services;
}

export const LETTER_R = [
  [
    [10, 0],
    [11, 50],
    [11, 104],
  ],
  [
    [8, 0],
    [42, 2],
    [60, 24],
    [52, 43],
    [13, 54],
    [40, 80],
    [66, 106],
  ],
] as const;

/** What the network sees of it: [28, 28], ink 255. */
export function letterImage(): Uint8Array {
  const image = new Uint8Array(28 * 28);
  for (let y = 3; y < 25; y++) {
    for (let x = 6; x < 22; x++) {
      const isBar = x < 9;
      const isBow = y < 14 && (y < 6 || y > 11 || x > 18);
      const isLeg = y >= 14 && Math.abs(x - (9 + (y - 14) * 1.1)) < 1.6;
      if (isBar || isBow || isLeg) image[y * 28 + x] = x === 6 || y === 3 ? 128 : 255;
    }
  }
  return image;
}
