import { type RefObject, useEffect } from 'react';
import type { Drawing as DrawServer } from '../../../app/draw.ts';
import { graphemes } from '../../../app/text-layout.ts';
import { useAppContext } from '../../app-context.ts';
import type { KeyContext } from '../../keys/keymap.ts';
import type { DrawStore } from './draw-serving.ts';
import type { DrawState } from './draw-state.ts';
import { acceptedText } from './draw-writing.ts';

/** Handlers of the keys for text, and the hints that come before the others. */
export function useDrawWriting({ writing }: DrawState, store: DrawStore, server: RefObject<DrawServer | null>) {
  const { clipboard, acceptedTexts } = useAppContext();
  const { accepted, copied } = writing;
  useEffect(() => {
    acceptedTexts.current = accepted;
  }, [acceptedTexts, accepted]);
  const hints: readonly KeyContext[] = accepted.length === 0 ? [] : copied ? ['collected'] : ['accepted', 'collected'];
  return {
    hints,
    handlers: {
      copy() {
        const text = acceptedText(writing);
        if (text === '') return;
        store.dispatchNow({ event: 'copied', result: clipboard.copy(text), characters: graphemes(text).length });
      },
      clear() {
        store.dispatchNow({ event: 'cleared' });
      },
      mode() {
        const mode = writing.mode === 'word' ? 'character' : 'word';
        server.current?.setMode(mode);
        store.dispatchNow({ event: 'mode', mode });
      },
    },
  };
}
