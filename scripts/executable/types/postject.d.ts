/** What is used of `postject`, which has no types. */
declare const postject: {
  /** Puts data into an executable, in place, under a name by which the program finds it. */
  inject(file: string, name: string, data: Buffer, options: { sentinelFuse: string }): Promise<void>;
};
export default postject;
