import { useEffect, useRef, useState } from 'react';
import { printable } from '../../app/text-layout.ts';
import { isEmnistError } from '../../core/errors.ts';
import { type Confirmation, useAppContext } from '../app-context.ts';
import { fieldLine, fieldText, type TextField, textField, typeInto } from '../components/text-field.ts';
import type { KeyContext } from '../keys/keymap.ts';
import type { Theme } from '../theme/theme.ts';
import { useKeys } from './use-keys.ts';

interface Entry<Request> {
  readonly request: Request;
  readonly field: TextField;
  readonly phase: 'typing' | 'running' | 'failed';
  /** Null unless it failed. */
  readonly error: unknown;
}

interface PathWork<Request> {
  /** The keys while a path is typed. */
  readonly keys: (request: Request) => 'importPath' | 'exportPath' | 'savePath';
  /** Called with the path. If something is there that would be replaced, it throws `file-exists` unless `force` is set. */
  readonly run: (request: Request, path: string, force: boolean, signal: AbortSignal) => Promise<void>;
  /** What to ask before something is replaced. */
  readonly question: (request: Request, path: string) => Omit<Confirmation, 'onConfirm'>;
}

/**
 * Asks for a path, and then does something with it. An error is kept with the path, so that it can be corrected. Closing the entry,
 * or leaving the screen, aborts what is being done.
 */
export function usePathEntry<Request>({ keys, run, question }: PathWork<Request>) {
  const app = useAppContext();
  const [entry, setEntry] = useState<Entry<Request> | null>(null);
  const controller = useRef<AbortController | null>(null);
  useEffect(() => () => controller.current?.abort(), []);

  const close = () => {
    controller.current?.abort();
    setEntry(null);
  };
  const submit = async ({ request, field }: Entry<Request>, force = false): Promise<void> => {
    const path = fieldText(field).trim();
    if (path === '') return;
    const aborting = new AbortController();
    controller.current = aborting;
    setEntry({ request, field, phase: 'running', error: null });
    try {
      await run(request, path, force, aborting.signal);
      if (!aborting.signal.aborted) setEntry(null);
    } catch (error) {
      if (aborting.signal.aborted) return;
      if (!isEmnistError(error, 'file-exists') || force) return setEntry({ request, field, phase: 'failed', error });
      const typing: Entry<Request> = { request, field, phase: 'typing', error: null };
      setEntry(typing);
      app.confirm({ ...question(request, path), onConfirm: () => void submit(typing, true) });
    }
  };

  const isTyping = entry?.phase === 'typing';
  const typingKeys = entry && keys(entry.request);
  useKeys(
    isTyping ? typingKeys : null,
    { submit: () => entry && void submit(entry), back: close },
    { onText: (press) => entry && setEntry({ ...entry, field: typeInto(entry.field, press, 'path') }) },
  );
  useKeys(entry?.phase === 'running' ? 'pathRunning' : null, { back: close });
  useKeys(
    entry?.phase === 'failed' ? 'failed' : null,
    { restart: () => entry && setEntry({ ...entry, phase: 'typing', error: null }), back: close },
    { menu: true },
  );
  return {
    /** What the path is for, and how far it is; null while none is asked for. */
    entry,
    error: entry?.error ?? null,
    /** The contexts to show hints for; letters are text while a path is typed. */
    contexts: contextsOf(entry, typingKeys),
    open: (request: Request, path = '') => setEntry({ request, field: textField(path), phase: 'typing', error: null }),
    line: (width: number, placeholder: string, theme: Theme) =>
      entry ? fieldLine(entry.field, width, isTyping, placeholder, theme) : '',
  };
}

function contextsOf(entry: Entry<unknown> | null, typing: KeyContext | null): readonly KeyContext[] {
  switch (entry?.phase) {
    case 'typing':
      return typing ? [typing] : [];
    case 'running':
      return ['pathRunning', 'global'];
    case 'failed':
      return ['failed', 'global'];
    case undefined:
      return [];
  }
}

/** Asks before a file is overwritten. */
export function overwriteQuestion(path: string): Omit<Confirmation, 'onConfirm'> {
  return {
    title: 'Overwrite the file?',
    lines: [`${printable(path)} already exists.`],
    yes: 'overwrite it',
    no: 'keep it',
  };
}
