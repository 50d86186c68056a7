/** The locale as POSIX programs read it: LC_ALL, then the category, then LANG. */
function locale(category: string): string {
  return process.env.LC_ALL || process.env[category] || process.env.LANG || ''
}

/** Language of messages: Chinese for zh_*, else English. */
export function messageLanguage(): 'en' | 'zh' {
  return /^(zh|chinese)/i.test(locale('LC_MESSAGES')) ? 'zh' : 'en'
}

/** Whether the locale's characters are UTF-8. Without any locale: true, as in most containers. */
export function isUtf8(): boolean {
  const name = locale('LC_CTYPE')
  if (name === '') return true
  if (name === 'C' || name === 'POSIX') return false
  const charset = name.split('.')[1]?.split('@')[0]
  return charset === undefined ? !/^zh|^ja|^ko/i.test(name) : /^utf-?8$/i.test(charset)
}
