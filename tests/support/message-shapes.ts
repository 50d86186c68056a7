import ts from 'typescript'

/** Parameter names of a message and the text of their types. */
export type Shape = Readonly<Record<string, string>>

/** The messages that an interface declares as methods of one object parameter. */
export function shapesOf(source: string, name: string): Record<string, Shape> {
  const file = ts.createSourceFile('messages.ts', source, ts.ScriptTarget.Latest, true)
  const found = file.statements.find(
    (one): one is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(one) && one.name.text === name,
  )
  if (found === undefined) throw new Error(`no interface ${name}`)
  return Object.fromEntries(
    found.members.filter(ts.isMethodSignature).map((method) => {
      const type = method.parameters[0]?.type
      const fields = type !== undefined && ts.isTypeLiteralNode(type) ? type.members.filter(ts.isPropertySignature) : []
      return [
        (method.name as ts.StringLiteral).text,
        Object.fromEntries(fields.map((field) => [field.name.getText(file), field.type!.getText(file)])),
      ]
    }),
  )
}
