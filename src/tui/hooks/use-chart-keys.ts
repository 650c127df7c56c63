import { useAppContext } from '../app-context.ts';
import { useKeys } from './use-keys.ts';

/** Handles the keys that change how charts are shown, in addition to those of the screen, unless `context` is null. */
export function useChartKeys(context: 'charts' | 'trainCharts' | 'recordCharts' | null): void {
  const { changeCharts } = useAppContext();
  useKeys(context, {
    style: () => changeCharts('style'),
    scale: () => changeCharts('scale'),
    zoom: () => changeCharts('zoom'),
    rate: () => changeCharts('rate'),
  });
}
