import * as v from 'valibot';
import { NAMED_PRIORS } from '../../core/recognizer/character-prior.ts';
import { RECOGNIZE_DEFAULTS } from '../../core/recognizer/recognize-options.ts';
import { DRAW_DEFAULTS } from '../../core/server/draw-options.ts';
import { MAX_EXPECTED_LENGTH } from '../../core/server/expectation.ts';
import { isHostName } from '../../core/server/host-names.ts';
import { flag, list, oneOf, option, text, wholeNumber } from './option.ts';
import { charactersOption, lexiconOption, modelOption } from './shared.ts';

const TOKEN = '16 to 128 letters, digits, "-", and "_"';

const HOST_NAME = 'a host name or address, such as example.com or example.com:8080';
const hostName = v.pipe(v.string(HOST_NAME), v.check(isHostName, HOST_NAME));

const EXPECTED = `at most ${MAX_EXPECTED_LENGTH} characters, none of them invisible`;
// A check, since patterns of JSON Schema have no flags.
const isVisible = v.check((characters: string) => !/\p{Cc}/u.test(characters), EXPECTED);
const expectedCharacters = v.pipe(text(), v.maxLength(MAX_EXPECTED_LENGTH, EXPECTED), isVisible);

export const drawOptions = v.object({
  port: option(wholeNumber(0, 65_535), {
    help: 'Port to listen on; 0 picks a free one',
    placeholder: 'n',
    default: DRAW_DEFAULTS.port,
  }),
  host: option(text(), {
    help: 'Address to listen on; 0.0.0.0 lets other devices on the network draw, and is needed in a container',
    placeholder: 'address',
    default: DRAW_DEFAULTS.host,
  }),
  allowHost: option(list(hostName, 'a list of host names'), {
    help: 'Another name by which pages may reach the server, such as that of a proxy; may be given several times',
    placeholder: 'name',
  }),
  token: option(v.pipe(v.string(TOKEN), v.regex(/^[\w-]{16,128}$/, TOKEN)), {
    help: 'Secret in the URL; pages that are open when the server restarts reconnect if it stays the same',
    placeholder: 'text',
    defaultText: 'EMNIST_TUI_TOKEN, or a new one',
  }),
  text: flag({ help: 'Read words and lines instead of single characters, until something else is chosen on a page' }),
  type: flag({
    help: 'Read words, and print only what is accepted, one line for each text, for another program to read',
  }),
  lexicon: lexiconOption(),
  characters: charactersOption('What pages expect until something else is chosen there', expectedCharacters),
  prior: option(oneOf(NAMED_PRIORS), {
    help: 'How frequent characters are until something else is chosen on a page: equally, or as on forms, where half are digits',
    placeholder: 'prior',
    default: RECOGNIZE_DEFAULTS.prior,
  }),
  adapt: option(v.boolean(), {
    help: 'Adapt readings to the drawings that you have labeled',
    negatedHelp: 'Do not adapt readings to the drawings that you have labeled',
    default: RECOGNIZE_DEFAULTS.adapt,
  }),
  open: option(v.boolean(), {
    help: 'Open the page in the browser',
    negatedHelp: 'Do not open the browser',
    default: true,
  }),
  model: modelOption,
});

export type DrawOptions = v.InferInput<typeof drawOptions>;
