// Recognizes the characters in a picture: the one given or, without one, net.png in this folder.
//
//   node examples/recognize-picture.ts [PNG or JPEG]

import { EmnistError, loadRecognizer } from 'emnist-tui';

const [picture = new URL('net.png', import.meta.url)] = process.argv.slice(2);

const recognizer = await loadRecognizer();
try {
  for (const { box, predictions } of await recognizer.recognizeImage(picture, { top: 1 })) {
    const size = `${box.right - box.left} x ${box.bottom - box.top}`;
    console.log(predictions[0]?.label, `${size} pixels at ${box.left}, ${box.top}`);
  }
} catch (error) {
  // Anything but an EmnistError is a bug.
  if (!(error instanceof EmnistError)) throw error;
  console.log(`${error.code}: ${error.message} — ${error.hint}`);
  process.exitCode = 1;
} finally {
  await recognizer.close();
}
