import { renderBash } from './flags/completion-bash.ts'
import { renderFish } from './flags/completion-fish.ts'
import { renderZsh } from './flags/completion-zsh.ts'
import { renderManual } from './flags/manual.ts'
import { renderReference } from './flags/reference.ts'

/** Every file that is generated from the list of options: path from the repository's root, and its text. */
export function generated(): Record<string, string> {
  return {
    'docs/wiretale.1': renderManual(),
    'docs/flags.md': renderReference(),
    'completions/wiretale.bash': renderBash(),
    'completions/wiretale.zsh': renderZsh(),
    'completions/wiretale.fish': renderFish(),
  }
}
