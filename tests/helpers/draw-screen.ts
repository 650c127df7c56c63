import { onTestFinished } from 'vitest';
import { EXECUTABLE, temporaryFolder } from '../cli/run.ts';
import { startTerminal, type Terminal } from './terminal.ts';

/** The app on its Draw screen, with a fresh home, outside tmux, and without a browser; `url`: of its canvas page. */
export async function openDrawScreen(): Promise<{ terminal: Terminal; url: string }> {
  const terminal = startTerminal(process.execPath, [EXECUTABLE], {
    env: {
      ...{ CI: 'true', NO_COLOR: undefined, FORCE_COLOR: undefined, BROWSER: 'true', PATH: '' },
      ...{ TMUX: undefined, STY: undefined, EMNIST_TUI_HOME: await temporaryFolder() },
    },
  });
  onTestFinished(() => terminal.close());
  await terminal.waitForText(/Next: /);
  terminal.press('d');
  const [url = ''] = /http:\S+/.exec(await terminal.waitForText(/http:\S+[\s\S]*w words/)) ?? [];
  return { terminal, url };
}
