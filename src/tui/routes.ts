import type { Split } from '../core/dataset/splits.ts';

/** A screen, with its initial selection. */
export type Route =
  | { screen: 'home' }
  | { screen: 'fetch'; split?: Split }
  | { screen: 'train'; split?: Split }
  | { screen: 'draw'; model?: string }
  | { screen: 'evaluate'; model?: string }
  | { screen: 'models' }
  | { screen: 'clean' }
  | { screen: 'help' };

export type ScreenName = Route['screen'];
