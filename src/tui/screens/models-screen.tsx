import { Box, Text } from 'ink';
import { type ReactNode, useState } from 'react';
import { counted } from '../../app/format.ts';
import type { ModelStatus } from '../../app/services.ts';
import { clip, printable } from '../../app/text-layout.ts';
import { type AppContextValue, useAppContext } from '../app-context.ts';
import { bodySize } from '../components/body-size.ts';
import { ErrorMessage } from '../components/error-message.tsx';
import { Frame } from '../components/frame.tsx';
import { Lines } from '../components/lines.tsx';
import { Loading } from '../components/loading.tsx';
import { nextStep } from '../components/next-step.ts';
import { row, visibleRange } from '../components/option-rows.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { modelHeading, modelRow, NO_RECORD } from './model-row.ts';

/** The list of models, to draw with one or evaluate it. */
export function ModelsScreen(): ReactNode {
  const app = useAppContext();
  const models = app.status?.models ?? [];
  const [focus, setFocus] = useState(0);
  const last = Math.max(0, models.length - 1);
  const model = models[Math.min(focus, last)]?.name;
  useKeys(
    'models',
    {
      up: () => setFocus((index) => Math.max(0, index - 1)),
      down: () => setFocus((index) => Math.min(last, index + 1)),
      draw: () => app.navigate({ screen: 'draw', model }),
      evaluate: () => app.navigate({ screen: 'evaluate', model }),
      back: () => app.navigate({ screen: 'home' }),
    },
    { menu: true },
  );
  return (
    <Frame title="Models" keyContexts={['models', 'global']}>
      <ModelList app={app} focus={Math.min(focus, last)} />
    </Frame>
  );
}

function ModelList({ app, focus }: { app: AppContextValue; focus: number }): ReactNode {
  const { theme, status, statusError } = app;
  const { width, height } = bodySize(app);
  if (statusError) return <ErrorMessage error={statusError} />;
  if (!status) return <Loading text="Checking" />;
  const { models } = status;
  const model = models[focus];
  if (!model) return <Text>{`No models yet. ${nextStep('press t to train one.', theme)}`}</Text>;
  const { from, to } = visibleRange(models.length, focus, height - 5);
  const rows = models
    .slice(from, to)
    .map((entry, offset) => row(from + offset === focus, modelRow(entry, width - 2, theme), theme));
  return (
    <Box flexDirection="column">
      <Lines lines={[theme.paint('dim', `  ${modelHeading(width - 2)}`), ...rows]} />
      <Box marginTop={1} flexDirection="column">
        <Lines
          lines={[
            clip(`${theme.paint('strong', printable(model.name))}: ${details(model)}`, width, theme.glyphs.ellipsis),
            theme.paint('dim', 'Validation: accuracy on held-out images. Press e to evaluate on test images.'),
          ]}
        />
      </Box>
    </Box>
  );
}

/** Its network, number of classes and epochs, where known. */
function details({ classes, training }: ModelStatus): string {
  if (!training) return `${classes} classes, ${NO_RECORD}`;
  return `${training.architecture}, ${classes} classes, ${counted(training.epochs, 'epoch')}`;
}
