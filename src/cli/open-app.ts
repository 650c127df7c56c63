import type { Paths } from '../core/paths.ts';
import { type AppResult, runApp } from '../tui/app.tsx';
import { createServices } from '../app/services.ts';

/** Opens the app on the terminal; resolves when the user has left it. `colour`: false takes the colours away. */
export function openApp(paths: Paths, colour: boolean): Promise<AppResult> {
  return runApp(createServices(paths), colour ? {} : { colour: false });
}
