import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { qrCode } from '../../../app/qr-code.ts';
import { printable, wrap } from '../../../app/text-layout.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { Lines } from '../../components/lines.tsx';
import type { Theme } from '../../theme/theme.ts';
import type { DrawState } from './draw-state.ts';
import { readerText } from './draw-texts.ts';

const NOT_ENCRYPTED = 'Other devices can draw here. The connection is not encrypted: anyone in between can read along.';

/** The address of the page, and how to open it: here, by SSH, or on a phone. */
export function DrawWaiting({ state }: { state: DrawState }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width, height } = bodySize(app);
  const { forwarding } = state;
  const url = state.url + state.fragment;
  const lines = hintLines(state, width, theme);
  // The line on the connection, the URL, and the lines above.
  const code = codeLines(state, width, height - 2 - Math.ceil(url.length / width) - lines.length, theme);
  return (
    <Box flexDirection="column">
      {/* Never truncated, since it is there to be copied. */}
      <Text wrap="hard">{url}</Text>
      <Lines lines={lines} />
      {forwarding ? (
        <Box flexDirection="column" paddingLeft={2}>
          <Text wrap="hard">{forwarding.command}</Text>
          <Text wrap="hard">{forwarding.url}</Text>
        </Box>
      ) : null}
      <Lines lines={code} />
    </Box>
  );
}

function hintLines(state: DrawState, width: number, theme: Theme): string[] {
  const { shared, forwarding, browserError } = state;
  const { arrow, warning } = theme.glyphs;
  const canDrawHere = state.writing.mode === 'character';
  const next = forwarding
    ? `You are connected by SSH. ${canDrawHere ? 'Press h to draw here. ' : ''}To draw on the computer in front of you, run the command below there, then open the address below it.`
    : browserError
      ? `Could not open a browser. ${canDrawHere ? 'Press h to draw here, or open' : 'Open'} the address above in one.`
      : `Waiting for the page. Press o to open it again, ${canDrawHere ? 'h to draw here, ' : ''}or copy the address.`;
  return [
    '',
    ...wrap(modeText(state, theme), width),
    ...(shared ? wrap(theme.paint('warning', `${warning} ${NOT_ENCRYPTED}`), width) : []),
    '',
    ...wrap(`${theme.paint('accent', arrow)} ${next}`, width),
  ];
}

/** What the page reads, and how to change that. */
function modeText({ reader, writing }: DrawState, theme: Theme): string {
  if (writing.mode === 'word') return 'The page reads words and lines. What you accept there is collected here.';
  if (!reader) return '';
  return `${theme.paint('strong', printable(reader.model))}: ${readerText(reader)}. Press w to write words instead.`;
}

/** The URL as a QR code, for a phone, if others can reach it and there is room. */
function codeLines({ shared, ...state }: DrawState, width: number, height: number, theme: Theme): string[] {
  if (!shared || !theme.unicode || theme.lightOnDark(' ') === null) return [];
  const lines = qrCode(state.url + state.fragment);
  if (lines.length > height || lines[0]!.length > width) return [];
  return lines.map((line) => theme.lightOnDark(line)!);
}
