import { Option } from 'commander';
import { PARTS, SPLITS } from '../core/dataset/splits.ts';
import { integer, oneOf, text } from './arguments.ts';

/** Options that several commands have. */

export function splitOption(description: string, { all = false, fallback = '' } = {}): Option {
  const allowed = all ? [...SPLITS, 'all'] : SPLITS;
  const text = `${description}: ${allowed.join(', ')}${fallback && ` (default: ${fallback})`}`;
  return new Option('--split <split>', text).argParser(oneOf('--split', allowed));
}

export function partOption(): Option {
  return new Option('--part <part>', `which images: ${PARTS.join(', ')}`).argParser(oneOf('--part', PARTS));
}

export function modelOption(): Option {
  return new Option('-m, --model <model>', 'a model by name or folder (default: the one trained last)').argParser(
    text('--model'),
  );
}

export function limitOption(description: string): Option {
  return new Option('--limit <n>', description).argParser(integer('--limit', 1, Number.MAX_SAFE_INTEGER));
}

export function charactersOption(description: string): Option {
  return new Option('--characters <set>', `${description}: all, digits, letters, or the characters given`)
    .argParser(text('--characters'))
    .default('all');
}
