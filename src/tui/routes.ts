import type { DatasetName } from '../core/dataset/dataset-name.ts';
import type { KeysInUse } from './keys/shown-keys.ts';
import type { Evaluation, MistakeChoice } from './screens/evaluate/evaluation.ts';

/** A screen, with its initial selection. */
export type Route =
  | { screen: 'home' }
  | { screen: 'fetch'; split?: DatasetName }
  | { screen: 'ownData'; from?: string }
  | { screen: 'images'; split?: DatasetName }
  | { screen: 'train'; split?: DatasetName /** The run to resume, by name. */; resume?: string }
  | {
      screen: 'draw';
      model?: string /** Opens the page in practice. */;
      practice?: true /** Opens the canvas in the terminal instead of a page. */;
      here?: true;
    }
  | { screen: 'learn' }
  | { screen: 'evaluate'; model?: string }
  | { screen: 'confusions'; of: Evaluation }
  | { screen: 'mistakes'; of: MistakeChoice }
  | { screen: 'models'; model?: string }
  | { screen: 'clean' }
  /** The keys of the screen that it was opened from. */
  | ({ screen: 'keys' } & KeysInUse)
  | { screen: 'help' };

/** The screens that can be opened first. */
export type ScreenName = Exclude<Route, { of: unknown } | { screen: 'keys' }>['screen'];
