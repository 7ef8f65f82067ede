/**
 * Finds promises that are returned out of a scope with `using` or `await using` without being awaited: what the scope owns
 * is closed as soon as the promise is handed over, while the work it stands for still goes on.
 */
import ts from 'typescript';

/** `path:line` of each `return`, in the files of a program that `wanted` names. */
export function unawaitedReturns(program: ts.Program, wanted: (path: string) => boolean): string[] {
  const checker = program.getTypeChecker();
  const found: string[] = [];
  for (const file of program.getSourceFiles()) {
    if (file.isDeclarationFile || !wanted(file.fileName)) continue;
    const visit = (node: ts.Node): void => {
      if (ts.isReturnStatement(node) && node.expression && ownsSomething(node)) {
        if (isPromise(checker, node.expression)) {
          found.push(`${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return found;
}

/** True if a `using` stands before it in one of its scopes, up to its function. */
function ownsSomething(node: ts.ReturnStatement): boolean {
  for (let at: ts.Node = node; at.parent; at = at.parent) {
    const { parent } = at;
    // `return` in an asynchronous generator waits by itself.
    if (ts.isFunctionLike(parent)) return false;
    if (ts.isBlock(parent) || ts.isCaseOrDefaultClause(parent)) {
      const before = parent.statements.slice(0, parent.statements.indexOf(at as ts.Statement));
      if (before.some((statement) => ts.isVariableStatement(statement) && isUsing(statement.declarationList))) {
        return !isAsyncGenerator(node);
      }
    }
    const loop = ts.isForOfStatement(parent) || ts.isForStatement(parent) ? parent.initializer : undefined;
    if (loop && ts.isVariableDeclarationList(loop) && isUsing(loop)) return !isAsyncGenerator(node);
  }
  return false;
}

function isUsing(list: ts.VariableDeclarationList): boolean {
  return (list.flags & ts.NodeFlags.Using) === ts.NodeFlags.Using;
}

function isAsyncGenerator(node: ts.Node): boolean {
  const owner = ts.findAncestor(node, ts.isFunctionLike);
  if (!owner || !('asteriskToken' in owner) || owner.asteriskToken === undefined) return false;
  return (
    ts.canHaveModifiers(owner) && (ts.getModifiers(owner) ?? []).some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword)
  );
}

/** Also where it is one only sometimes. */
function isPromise(checker: ts.TypeChecker, expression: ts.Expression): boolean {
  const type = checker.getTypeAtLocation(expression);
  const parts = type.isUnion() ? type.types : [type];
  return parts.some((part) => checker.getPropertyOfType(part, 'then') !== undefined);
}
