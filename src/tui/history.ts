import type { Route } from './routes.ts';

/** A screen that was opened. Those below the current one keep their state until the user returns to them. */
export interface Visit {
  readonly route: Route;
  /** Distinguishes visits to the same screen. */
  readonly number: number;
}

/** The way from the home screen to the current one. Esc goes back along it. */
export interface History {
  readonly visits: readonly Visit[];
  readonly nextNumber: number;
}

export type HistoryAction =
  /** Opens a screen on top of the current one. */
  | { type: 'open'; route: Route }
  /** Opens a screen from the menu: its way back leads home. */
  | { type: 'jump'; route: Route }
  /** Opens a screen in place of the current one. */
  | { type: 'replace'; route: Route }
  | { type: 'back' };

export function initialHistory(route: Route): History {
  return reduceHistory({ visits: [{ route: { screen: 'home' }, number: 0 }], nextNumber: 1 }, { type: 'jump', route });
}

export function reduceHistory({ visits, nextNumber }: History, action: HistoryAction): History {
  switch (action.type) {
    case 'open':
      return { visits: [...visits, { route: action.route, number: nextNumber }], nextNumber: nextNumber + 1 };
    case 'jump': {
      const home = visits.slice(0, 1);
      if (action.route.screen === 'home') return { visits: home, nextNumber };
      return reduceHistory({ visits: home, nextNumber }, { type: 'open', route: action.route });
    }
    case 'replace':
      return reduceHistory({ visits: visits.slice(0, -1), nextNumber }, { type: 'open', route: action.route });
    case 'back':
      return { visits: visits.slice(0, Math.max(1, visits.length - 1)), nextNumber };
  }
}
