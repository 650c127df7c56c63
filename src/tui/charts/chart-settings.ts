import type { ChartLook } from './chart-data.ts';

/** How all charts are shown, while the app runs. */
export interface ChartSettings extends ChartLook {
  /** The whole run, or its last epochs. Where there is room for both, which of them is the larger one. */
  readonly zoom: 'all' | 'recent';
  /** Whether the learning rate takes the place of the accuracy, where there is no room for three charts. */
  readonly showsRate: boolean;
}

export type ChartAction = 'style' | 'scale' | 'zoom' | 'rate';

export const INITIAL_CHARTS: ChartSettings = { style: 'braille', scale: 'linear', zoom: 'all', showsRate: false };

/** Switches one setting to its other value. */
export function reduceCharts(settings: ChartSettings, action: ChartAction): ChartSettings {
  switch (action) {
    case 'style':
      return { ...settings, style: settings.style === 'braille' ? 'lines' : 'braille' };
    case 'scale':
      return { ...settings, scale: settings.scale === 'linear' ? 'log' : 'linear' };
    case 'zoom':
      return { ...settings, zoom: settings.zoom === 'all' ? 'recent' : 'all' };
    case 'rate':
      return { ...settings, showsRate: !settings.showsRate };
  }
}
