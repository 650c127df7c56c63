export interface Home {
  /**
   * The folder of data sets and models. Default: `EMNIST_TUI_HOME` or, where that is not set, the user's own folders, as
   * the command line has it.
   */
  dataDir?: string;
}
