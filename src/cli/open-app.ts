import { createServices } from '../app/services.ts';
import type { Paths } from '../core/paths.ts';
import { type AppResult, runApp } from '../tui/run-app.tsx';

/** Runs the app on the terminal until the user quits. `color` false disables colors. */
export function openApp(paths: Paths, color: boolean): Promise<AppResult> {
  return runApp(createServices(paths), color ? {} : { color: false });
}
