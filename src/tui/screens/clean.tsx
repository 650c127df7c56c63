import { Box, Text } from 'ink';
import { type ReactNode, useReducer } from 'react';
import type { StorageName } from '../../app/clean.ts';
import { bodySize, Frame } from '../components/frame.tsx';
import { Lines } from '../components/lines.tsx';
import { row } from '../components/option-rows.ts';
import { Problem } from '../components/problem.tsx';
import { bytes } from '../format.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { type Shell, useShell } from '../shell.ts';
import { alignLeft, alignRight, clip, printable } from '../text.ts';
import { type CleanState, INITIAL_CLEAN, reduceClean } from './clean-state.ts';

const WHAT: Record<StorageName, { name: string; note: string }> = {
  datasets: { name: 'Data sets', note: 'can be fetched again' },
  models: { name: 'Models', note: 'your own, with their checkpoints: cannot be had again' },
};

/** Frees disk space: choose, confirm, and what was freed. */
export function CleanScreen(): ReactNode {
  const shell = useShell();
  const { services, session, status } = shell;
  const [state, act] = useReducer(reduceClean, INITIAL_CLEAN);
  const storage = status?.storage ?? [];
  const chosen = storage.filter(({ name }) => state.chosen.has(name));
  const home = () => shell.go({ screen: 'home' });

  const remove = () => {
    act({ event: 'begin' });
    services.clean(chosen.map(({ name }) => name)).then(
      (result) => {
        session.note(`Freed ${bytes(result.freed)}.`);
        act(result);
        shell.refreshStatus();
      },
      (error: unknown) => {
        act({ event: 'failed', error });
        shell.refreshStatus();
      },
    );
  };
  const ask = () => {
    if (chosen.length === 0) return;
    const total = chosen.reduce((sum, { bytes: size }) => sum + size, 0);
    shell.ask({
      title: `Delete ${chosen.map(({ name }) => WHAT[name].name.toLowerCase()).join(' and ')}?`,
      lines: [
        ...chosen.map(
          ({ name, path, bytes: size }) =>
            `${WHAT[name].name}: ${bytes(size)} in ${printable(path)} (${WHAT[name].note})`,
        ),
        `That frees ${bytes(total)}. Only what this program made is deleted.`,
      ],
      yes: 'delete',
      no: 'keep everything',
      onYes: remove,
    });
  };
  useKeys(
    state.phase === 'form' ? 'clean' : null,
    {
      up: () => act({ event: 'move', by: -1, rows: storage.length }),
      down: () => act({ event: 'move', by: 1, rows: storage.length }),
      toggle: () => {
        const entry = storage[state.focus];
        if (entry && entry.bytes > 0) act({ event: 'toggle', name: entry.name });
      },
      delete: ask,
      back: home,
    },
    { menu: true },
  );
  useKeys(state.phase === 'done' || state.phase === 'failed' ? 'cleaned' : null, { back: home }, { menu: true });
  return (
    <Frame title="Free disk space" contexts={state.phase === 'form' ? ['clean', 'global'] : ['cleaned', 'global']}>
      <CleanView shell={shell} state={state} />
    </Frame>
  );
}

function CleanView({ shell, state }: { shell: Shell; state: CleanState }): ReactNode {
  const { theme, status, statusError } = shell;
  const { width, height } = bodySize(shell);
  const { glyphs } = theme;
  if (state.phase === 'failed') return <Problem error={state.error} />;
  if (state.phase === 'running') return <Text>{theme.paint('dim', 'Deleting')}</Text>;
  if (state.result) {
    const { freed, removed } = state.result;
    const shown = removed.slice(0, height - 3).map((path) => `  ${clip(printable(path), width - 2, glyphs.ellipsis)}`);
    const more = removed.length > shown.length ? [`  and ${removed.length - shown.length} more`] : [];
    return (
      <Lines
        lines={[
          `${theme.paint('good', glyphs.present)} ${theme.paint('strong', `Freed ${bytes(freed)}.`)} Deleted:`,
          ...shown,
          ...more,
        ]}
      />
    );
  }
  if (statusError) return <Problem error={statusError} />;
  if (!status) return <Text>{theme.paint('dim', 'Looking at what is there')}</Text>;
  const rows = status.storage.flatMap(({ name, path, bytes: size }, index) => {
    const mark = state.chosen.has(name) ? glyphs.checked : glyphs.unchecked;
    const text = `${mark} ${alignLeft(WHAT[name].name, 10)}${alignRight(size > 0 ? bytes(size) : 'nothing', 9)}  ${WHAT[name].note}`;
    return [
      row(state.focus === index, clip(text, width - 2, glyphs.ellipsis), theme),
      theme.paint('dim', `      ${clip(printable(path), width - 6, glyphs.ellipsis)}`),
    ];
  });
  return (
    <Box flexDirection="column">
      <Lines lines={rows} />
      <Box marginTop={1}>
        <Text wrap="truncate">
          {theme.paint(
            'dim',
            state.chosen.size > 0 ? 'Enter deletes what is chosen, after a question.' : 'Space chooses what is to go.',
          )}
        </Text>
      </Box>
    </Box>
  );
}
