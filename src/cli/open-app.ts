import { createServices } from '../app/services.ts';
import type { Paths } from '../core/paths.ts';
import { type AppResult, runApp } from '../tui/run-app.tsx';

/** Opens the app on the terminal; resolves when the user has left it. `color`: false takes the colors away. */
export function openApp(paths: Paths, color: boolean): Promise<AppResult> {
  return runApp(createServices(paths), color ? {} : { color: false });
}
