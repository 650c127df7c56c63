import { Box } from 'ink';
import type { ReactNode } from 'react';
import { useAppContext } from '../app-context.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { ErrorMessage } from './error-message.tsx';
import { Lines } from './lines.tsx';
import { nextStep } from './next-step.ts';

/** Why the data sets and models could not be looked at, and a key to do so again. */
export function StatusError({ error }: { error: unknown }): ReactNode {
  const app = useAppContext();
  useKeys('retry', { retry: app.refreshStatus });
  return (
    <Box flexDirection="column">
      <ErrorMessage error={error} />
      <Lines lines={[nextStep('press r to try again.', app.theme)]} />
    </Box>
  );
}
