/** Runs one command line (without `node` and the script) and sets the exit code. */
export async function main(_args: readonly string[]): Promise<void> {}
