/** Fails where a public name has no docstring, or where a function that throws does not say so. Public are the names that the
 *  ways into the package export, and the members of their types. Usage: node tools/docstrings.mjs ENTRY … */
import { relative } from "node:path";
import ts from "typescript";

const entries = process.argv.slice(2);
const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
const program = ts.createProgram(entries, options);
const checker = program.getTypeChecker();

/** Folders whose names users see. */
const OWN = ["src/", "app/element/"];

/** Declarations under these of a name, through re-exports. */
function declarationsOf(symbol) {
  const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return (real.declarations ?? []).filter((node) => isOwn(node));
}

function isOwn(node) {
  const file = relative(".", node.getSourceFile().fileName);
  return OWN.some((folder) => file.startsWith(folder));
}

/** The node that carries the docstring. */
function documented(node) {
  return ts.isVariableDeclaration(node) ? node.parent.parent : node;
}

function hasDoc(node) {
  return ts.getJSDocCommentsAndTags(documented(node)).some((doc) => ts.isJSDoc(doc));
}

/** Public members of an interface, class or object type. */
function membersOf(node) {
  if (ts.isInterfaceDeclaration(node)) return [...node.members];
  if (ts.isTypeAliasDeclaration(node) && ts.isTypeLiteralNode(node.type)) return [...node.type.members];
  if (!ts.isClassDeclaration(node)) return [];
  return node.members.filter(
    (member) =>
      !ts.isConstructorDeclaration(member) &&
      // What the getter says holds for both.
      !ts.isSetAccessorDeclaration(member) &&
      !(member.name !== undefined && ts.isPrivateIdentifier(member.name)) &&
      !(ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private),
  );
}

/** The body of a function, also of one that a constant holds. */
function bodyOf(node) {
  if (ts.isVariableDeclaration(node)) return node.initializer && bodyOf(node.initializer);
  return ts.isFunctionLike(node) ? node.body : undefined;
}

const known = new Map();

/** Whether a call of the function may end in one of the package's own errors, as far as its code and that of the functions that
 *  it calls say; what is caught does not count. */
function throws(body, depth = 0) {
  if (known.has(body)) return known.get(body);
  known.set(body, false);
  let found = false;
  const visit = (node) => {
    if (found) return;
    if (ts.isTryStatement(node)) {
      if (node.catchClause === undefined) visit(node.tryBlock);
      else visit(node.catchClause.block);
      return;
    }
    // What another function does when it is called some other time.
    if (ts.isFunctionLike(node) && node.body !== body) return;
    if (ts.isThrowStatement(node)) found = true;
    else if (ts.isCallExpression(node) && callThrows(node, depth)) found = true;
    else ts.forEachChild(node, visit);
  };
  visit(body);
  known.set(body, found);
  return found;
}

function callThrows(call, depth) {
  if (depth > 8) return false;
  const symbol = checker.getSymbolAtLocation(
    ts.isPropertyAccessExpression(call.expression) ? call.expression.name : call.expression,
  );
  if (symbol === undefined) return false;
  return declarationsOf(symbol).some((node) => {
    const body = bodyOf(node);
    return body !== undefined && throws(body, depth + 1);
  });
}

function saysThrows(node) {
  return ts.getJSDocTags(documented(node)).some(({ tagName }) => tagName.text === "throws");
}

const findings = [];
const seen = new Set();
let names = 0;

/** Exported for tests and for other parts of the package. */
function isInternal(node) {
  return ts.getJSDocTags(documented(node)).some(({ tagName }) => tagName.text === "internal");
}

function check(node, name) {
  if (seen.has(node) || isInternal(node)) return;
  seen.add(node);
  names++;
  const file = node.getSourceFile();
  const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  const place = `${relative(".", file.fileName)}:${line} ${name}`;
  if (!hasDoc(node)) findings.push(`${place} has no docstring`);
  const body = bodyOf(node);
  if (body !== undefined && throws(body) && !saysThrows(node))
    findings.push(`${place} throws, and does not say so`);
  for (const member of membersOf(node)) check(member, `${name}.${member.name?.getText() ?? "(signature)"}`);
}

for (const entry of entries) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry));
  for (const symbol of checker.getExportsOfModule(module))
    for (const node of declarationsOf(symbol)) check(node, symbol.name);
}
for (const finding of findings) console.error(finding);
console.log(`${names - findings.length} of ${names} public names and members say what they are`);
process.exit(findings.length > 0 ? 1 : 0);
