import { Box, Text } from 'ink';
import { type ReactNode, useState } from 'react';
import { bodySize, Frame } from '../components/frame.tsx';
import { Lines } from '../components/lines.tsx';
import { Problem } from '../components/problem.tsx';
import { useKeys } from '../hooks/use-keys.ts';
import { useShell } from '../shell.ts';
import { alignLeft } from '../text.ts';
import { MENU, nextStep, statusLines } from './home-state.ts';

/** The menu, what is there, and what a newcomer would do next. */
export function HomeScreen(): ReactNode {
  const shell = useShell();
  const { theme, status, statusError } = shell;
  const [focus, setFocus] = useState(0);
  const { width, height } = bodySize(shell);
  useKeys(
    'home',
    {
      up: () => setFocus((index) => (index + MENU.length - 1) % MENU.length),
      down: () => setFocus((index) => (index + 1) % MENU.length),
      open: () => shell.openByKey(MENU[focus]!.key),
    },
    { menu: true },
  );
  const menu = MENU.map(({ key, name, what }, index) => {
    const focused = index === focus;
    const text = `${alignLeft(name, 10)} ${theme.paint('dim', what)}`;
    return `${focused ? theme.paint('selected', theme.glyphs.cursor) : ' '} ${theme.paint('key', key)}  ${
      focused ? theme.paint('selected', alignLeft(name, 10)) + text.slice(10) : text
    }`;
  });
  const roomy = height >= 20;
  return (
    <Frame title="Handwriting recognition, trained on this machine" contexts={['home', 'global']}>
      <Text>{theme.paint('dim', 'Teach a small neural network to read handwriting (EMNIST).')}</Text>
      <Box marginTop={1}>
        <Lines lines={menu} />
      </Box>
      <Box marginTop={roomy ? 1 : 0} flexDirection="column">
        {statusError ? (
          <Problem error={statusError} />
        ) : (
          <Lines
            lines={status ? statusLines(status, width, theme) : [theme.paint('dim', 'Looking at what is there')]}
          />
        )}
      </Box>
      {status ? (
        <Box marginTop={roomy ? 1 : 0}>
          <Text>{`${theme.paint('accent', `${theme.glyphs.arrow} Next:`)} ${nextStep(status)}`}</Text>
        </Box>
      ) : null}
    </Frame>
  );
}
