import { Box, Text } from 'ink';
import { type ReactNode, useState, useSyncExternalStore } from 'react';
import { alignLeft, wrap } from '../../../app/text-layout.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { Frame } from '../../components/frame.tsx';
import { Lines } from '../../components/lines.tsx';
import { Loading } from '../../components/loading.tsx';
import { nextStep } from '../../components/next-step.ts';
import { StatusError } from '../../components/status-error.tsx';
import { useKeys } from '../../hooks/use-keys.ts';
import { entryOfLine, useListMouse } from '../../hooks/use-list-mouse.ts';
import type { Theme } from '../../theme/theme.ts';
import { MENU, runSuggestion, statusLines, suggestion } from './home-lines.ts';

/** What the program does, in one line: the longest text that fits. */
const ABOUT = [
  'Train a neural network to read handwritten letters and digits (EMNIST).',
  'Train a neural network to read handwriting (EMNIST).',
];

/** The menu, the status and the suggested next step. */
export function HomeScreen(): ReactNode {
  const app = useAppContext();
  const { theme, status, statusError, training } = app;
  const run = useSyncExternalStore(training.status.subscribe, () => runSuggestion(training.status.snapshot()));
  const [focus, setFocus] = useState(0);
  const { width, height } = bodySize(app);
  const moveBy = (by: 1 | -1) => setFocus((index) => (index + MENU.length + by) % MENU.length);
  const open = () => app.openFromMenu(MENU[focus]!.key);
  useKeys(
    'home',
    {
      up: () => moveBy(-1),
      down: () => moveBy(1),
      pageUp: () => setFocus(0),
      pageDown: () => setFocus(MENU.length - 1),
      first: () => setFocus(0),
      last: () => setFocus(MENU.length - 1),
      open,
    },
    { menu: true },
  );
  const next = status ? wrap(nextStep(run ?? suggestion(status), theme), width) : [];
  const margin = height >= 20 ? 1 : 0;
  const menuMargin = 1 + MENU.length + 3 + next.length < height ? 1 : 0;
  useListMouse({
    ...{ top: 1 + menuMargin, entryAt: entryOfLine(MENU.length), focus, onFocus: setFocus, onOpen: open },
    onWheel: (by) => setFocus((index) => Math.min(MENU.length - 1, Math.max(0, index + by))),
  });
  return (
    <Frame title="Handwriting recognition, trained on this machine" keyContexts={['home', 'global']}>
      <Text>{theme.paint('dim', ABOUT.find((text) => text.length <= width) ?? '')}</Text>
      <Box marginTop={menuMargin}>
        <Lines lines={menuLines(focus, theme)} />
      </Box>
      <Box marginTop={margin} flexDirection="column">
        {statusError ? <StatusError error={statusError} /> : null}
        {!statusError && !status ? <Loading text="Checking" /> : null}
        {status ? <Lines lines={statusLines(status, width, theme)} /> : null}
      </Box>
      {status ? (
        <Box marginTop={margin}>
          <Lines lines={next} />
        </Box>
      ) : null}
    </Frame>
  );
}

function menuLines(focus: number, theme: Theme): string[] {
  return MENU.map(({ key, name, description }, index) => {
    const focused = index === focus;
    const pointer = focused ? theme.paint('selected', theme.glyphs.pointer) : ' ';
    const title = alignLeft(name, 10);
    return `${pointer} ${theme.paint('key', key)}  ${focused ? theme.paint('selected', title) : title} ${theme.paint('dim', description)}`;
  });
}
