/** Where data sets, models, and samples are kept. */
export interface Home {
  /**
   * The folder of data sets, models, and samples. Default: the environment variable `EMNIST_TUI_HOME` or, if that is not set,
   * the user's cache and data folders, which the command line uses too.
   */
  dataDir?: string;
}
