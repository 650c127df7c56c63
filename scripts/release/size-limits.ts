/** Size limits of the downloads. */
export const MAX_ARCHIVE_BYTES = 32e6;
export const MAX_PACKAGE_BYTES = 5e6;
