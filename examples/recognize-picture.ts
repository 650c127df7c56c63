// Reads the characters of a picture: of the one that is named, or of net.png beside this file.
//
//   node examples/recognize-picture.ts [PNG or JPEG]

import { EmnistError, loadRecognizer } from 'emnist-tui';

const [picture = new URL('net.png', import.meta.url)] = process.argv.slice(2);

const recognizer = await loadRecognizer();
try {
  const characters = await recognizer.recognizeImage(picture, { top: 1 });
  console.log(characters.map(({ predictions: [best] }) => best?.label).join(''));
} catch (error) {
  // What can be mended says how.
  if (!(error instanceof EmnistError)) throw error;
  console.log(`${error.code}: ${error.message} — ${error.hint}`);
  process.exitCode = 1;
} finally {
  await recognizer.close();
}
