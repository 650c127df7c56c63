/** A launcher that has not failed after this time has become the browser. */
const LAUNCH_MS = 3000;

/**
 * Opens a URL in the user's browser. Everyone on the machine can see it on a command line, so it should contain no secret
 * that lasts. Throws when no browser can be started.
 */
export async function openBrowser(url: string): Promise<void> {
  const { default: open } = await import('open');
  const launcher = await open(url);
  await new Promise<void>((resolve, reject) => {
    const finish = (code: number | null) => {
      if (code) reject(new Error(`${launcher.spawnfile} exited with code ${code}`));
      else resolve();
    };
    if (launcher.exitCode !== null) return finish(launcher.exitCode);
    launcher.once('error', reject);
    launcher.once('exit', finish);
    setTimeout(resolve, LAUNCH_MS).unref();
  });
}
