package expression

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// Mention is a variable that an expression compares with a text.
type Mention struct{ Name, Text string }

// Mentions lists the texts that the expression compares variables, or members of their lists, with: a catalogue
// can see that these are choices which exist.
func (e *Expression) Mentions() []Mention { return e.walked().mentions }

// walked is what an expression names.
type walked struct {
	names    []string
	mentions []Mention
}

// walk gathers each variable that is named, and each text that one is compared with. It needs no types: an expression that
// names an unknown variable is walked too.
func (e *Expression) walk() (out walked) {
	parsed, err := e.parsed()
	if err != nil {
		return walked{}
	}
	tell := func(name, text string) {
		out.names = append(out.names, name)
		if text != "" {
			out.mentions = append(out.mentions, Mention{name, text})
		}
	}
	w := walker{tell, map[string]string{}}
	w.expr(parsed.NativeRep().Expr())
	slices.Sort(out.names)
	out.names = slices.Compact(out.names)
	return out
}

// typeNames are CEL's own names of types, as in type(x) == list.
var typeNames = []string{"bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"}

type walker struct {
	tell func(name, text string)
	// of is the variable whose members a name inside a macro stands for, "" where that is unknown.
	of map[string]string
}

func (w walker) expr(e ast.Expr) {
	switch e.Kind() {
	case ast.IdentKind:
		if _, inner := w.of[e.AsIdent()]; !inner && !slices.Contains(typeNames, e.AsIdent()) {
			w.tell(e.AsIdent(), "")
		}
	case ast.CallKind:
		call := e.AsCall()
		args := call.Args()
		switch call.FunctionName() {
		case operators.Equals, operators.NotEquals:
			w.compared(args[0], args[1])
			w.compared(args[1], args[0])
		case operators.In:
			w.compared(args[0], args[1])
			w.compared(args[1], args[0])
		}
		if call.IsMemberFunction() {
			w.expr(call.Target())
		}
		for _, a := range args {
			w.expr(a)
		}
	case ast.ListKind:
		for _, one := range e.AsList().Elements() {
			w.expr(one)
		}
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			w.expr(entry.AsMapEntry().Key())
			w.expr(entry.AsMapEntry().Value())
		}
	case ast.SelectKind:
		sel := e.AsSelect()
		if sel.Operand().Kind() == ast.IdentKind && sel.Operand().AsIdent() == Entry {
			w.tell(sel.FieldName(), "") // entry.field names the field
			return
		}
		w.expr(sel.Operand())
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		w.expr(c.IterRange())
		w.of[c.IterVar()] = w.name(c.IterRange())
		if c.HasIterVar2() {
			w.of[c.IterVar2()] = ""
		}
		w.of[c.AccuVar()] = ""
		for _, part := range []ast.Expr{c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()} {
			w.expr(part)
		}
	}
}

// name is the variable that an expression stands for, "" where it is none.
func (w walker) name(e ast.Expr) string {
	if e.Kind() == ast.SelectKind && e.AsSelect().Operand().Kind() == ast.IdentKind && e.AsSelect().Operand().AsIdent() == Entry {
		return e.AsSelect().FieldName()
	}
	if e.Kind() != ast.IdentKind {
		return ""
	}
	if of, inner := w.of[e.AsIdent()]; inner {
		return of
	}
	return e.AsIdent()
}

// compared tells the texts of b, a text or a list of them, if a is a variable.
func (w walker) compared(a, b ast.Expr) {
	name := w.name(a)
	if name == "" {
		return
	}
	list := []ast.Expr{b}
	if b.Kind() == ast.ListKind {
		list = b.AsList().Elements()
	}
	for _, one := range list {
		if one.Kind() != ast.LiteralKind {
			continue
		}
		if text, ok := one.AsLiteral().Value().(string); ok {
			w.tell(name, text)
		}
	}
}
