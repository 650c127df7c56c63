/** Width and height of the images that networks read, in pixels. */
export const IMAGE_SIZE = 28;
/** Pixels of one image, which are also its bytes: row by row, ink 255 on paper 0. */
export const IMAGE_PIXELS = IMAGE_SIZE * IMAGE_SIZE;
