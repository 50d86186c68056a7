/** The word that starts the helper instead of a command. Nobody types it: the command starts the helper itself. */
export const HELPER_WORD = '@process-helper'
