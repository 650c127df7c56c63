import { Box, Text } from 'ink';
import { type ReactNode, useState } from 'react';
import type { ModelStatus } from '../../app/services.ts';
import { bodySize, Frame } from '../components/frame.tsx';
import { Lines } from '../components/lines.tsx';
import { row, visibleRange } from '../components/option-rows.ts';
import { Problem } from '../components/problem.tsx';
import { useKeys } from '../hooks/use-keys.ts';
import { type Shell, useShell } from '../shell.ts';
import { printable } from '../text.ts';
import { modelHeading, modelLine, NO_RECORD } from './model-line.ts';

/** The models there are; one can be drawn with or measured. */
export function ModelsScreen(): ReactNode {
  const shell = useShell();
  const { status } = shell;
  const models = status?.models ?? [];
  const [focus, setFocus] = useState(0);
  const chosen = models[Math.min(focus, models.length - 1)];
  const last = Math.max(0, models.length - 1);
  useKeys(
    'models',
    {
      up: () => setFocus((index) => Math.max(0, index - 1)),
      down: () => setFocus((index) => Math.min(last, index + 1)),
      draw: () => shell.go({ screen: 'draw', model: chosen?.name }),
      evaluate: () => shell.go({ screen: 'evaluate', model: chosen?.name }),
      back: () => shell.go({ screen: 'home' }),
    },
    { menu: true },
  );
  return (
    <Frame title="Models" contexts={['models', 'global']}>
      <ModelList shell={shell} focus={Math.min(focus, last)} />
    </Frame>
  );
}

function ModelList({ shell, focus }: { shell: Shell; focus: number }): ReactNode {
  const { theme, status, statusError } = shell;
  const { width, height } = bodySize(shell);
  if (statusError) return <Problem error={statusError} />;
  if (!status) return <Text>{theme.paint('dim', 'Looking at what is there')}</Text>;
  const { models } = status;
  const model = models[focus];
  if (!model) {
    return (
      <Text>{`There is no model yet. ${theme.paint('accent', `${theme.glyphs.arrow} Next:`)} t trains one.`}</Text>
    );
  }
  const { from, to } = visibleRange(models.length, focus, height - 5);
  const rows = models
    .slice(from, to)
    .map((entry, offset) => row(from + offset === focus, modelLine(entry, width - 2, theme), theme));
  return (
    <Box flexDirection="column">
      <Text>{theme.paint('dim', `  ${modelHeading(width - 2)}`)}</Text>
      <Lines lines={rows} />
      <Box marginTop={1} flexDirection="column">
        <Text wrap="truncate">{`${theme.paint('strong', printable(model.name))}: ${about(model)}`}</Text>
        <Text wrap="truncate">
          {theme.paint(
            'dim',
            'Validation: accuracy on images kept from the training part. e measures it on the test part.',
          )}
        </Text>
      </Box>
    </Box>
  );
}

/** Its network and how long it was trained, as far as that is known. */
function about({ classes, training }: ModelStatus): string {
  if (!training) return `${classes} classes, ${NO_RECORD}`;
  const { architecture, epochs } = training;
  return `${architecture}, ${classes} classes, ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`;
}
