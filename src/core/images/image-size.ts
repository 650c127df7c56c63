/** Height and width of the images that networks read, in pixels. */
export const IMAGE_SIZE = 28;
/** Pixels of one image, and its bytes: a pixel is a byte, ink 255 on paper 0, row by row. */
export const IMAGE_PIXELS = IMAGE_SIZE * IMAGE_SIZE;
