/** Environment variable: the folder for the code that V8 has compiled of the program, or `off`. */
export const CACHE_FOLDER = 'TCGSCOPE_CODE_CACHE';
