import { APP_SCENES } from './scenes/app.ts';
import { CLEAN_SCENES } from './scenes/clean.ts';
import { DRAW_SCENES } from './scenes/draw.ts';
import { EVALUATE_SCENES } from './scenes/evaluate.ts';
import { FETCH_SCENES } from './scenes/fetch.ts';
import type { Scene } from './scenes/fixtures.ts';
import { IMAGES_SCENES } from './scenes/images.ts';
import { LEARN_SCENES } from './scenes/learn.ts';
import { MODELS_SCENES } from './scenes/models.ts';
import { OWN_DATA_SCENES } from './scenes/own-data.ts';
import { TRAIN_SCENES } from './scenes/train.ts';
import { WRITING_SCENES } from './scenes/writing.ts';

export type { Scene };

/** The states of the app's screens that tests look at. */
export const SCENES: Record<string, Scene> = {
  ...APP_SCENES,
  ...FETCH_SCENES,
  ...OWN_DATA_SCENES,
  ...IMAGES_SCENES,
  ...TRAIN_SCENES,
  ...DRAW_SCENES,
  ...WRITING_SCENES,
  ...LEARN_SCENES,
  ...EVALUATE_SCENES,
  ...MODELS_SCENES,
  ...CLEAN_SCENES,
};
