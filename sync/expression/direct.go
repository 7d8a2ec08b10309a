package expression

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
)

// Nearly all conditions compare variables with texts and numbers, and each entry is held to dozens of them. What is no
// more than that is evaluated here, without the library: it has no step that can fail, so that the order of its parts
// decides nothing. Whatever else there is, also in a part of it, goes the library's way. TestDirect and FuzzExpression
// hold both ways to the same answers.

// unfit is thrown by a variable whose value is not of its type: then the library says what comes of it.
type unfit struct{}

// direct is a condition that is evaluated so; nil for one that is not.
func (e *Expression) direct() func(Variables) bool {
	checked, err := e.ast()
	if err != nil {
		return nil
	}
	return e.scope.yesNo(checked.NativeRep().Expr())
}

// holds evaluates a condition directly; ok is false where that cannot be.
func (e *Expression) holds(v Variables) (yes, ok bool) {
	is := e.straight()
	if is == nil {
		return false, false
	}
	defer func() {
		if gone := recover(); gone != nil {
			if _, ok = gone.(unfit); !ok {
				panic(gone)
			}
			yes, ok = false, false
		}
	}()
	return is(v), true
}

func (s *Scope) yesNo(e ast.Expr) func(Variables) bool {
	switch e.Kind() {
	case ast.IdentKind:
		return variable[bool](s, e, YesNo)
	case ast.LiteralKind:
		yes, is := e.AsLiteral().Value().(bool)
		if !is {
			return nil
		}
		return func(Variables) bool { return yes }
	case ast.CallKind:
		return s.call(e.AsCall())
	}
	return nil
}

func (s *Scope) call(call ast.CallExpr) func(Variables) bool {
	name, args := call.FunctionName(), call.Args()
	switch name {
	case operators.LogicalNot:
		if not := s.yesNo(args[0]); not != nil {
			return func(v Variables) bool { return !not(v) }
		}
		return nil
	case operators.LogicalAnd, operators.LogicalOr:
		a, b := s.yesNo(args[0]), s.yesNo(args[1])
		switch {
		case a == nil || b == nil:
			return nil
		case name == operators.LogicalAnd:
			return func(v Variables) bool { return a(v) && b(v) }
		}
		return func(v Variables) bool { return a(v) || b(v) }
	case operators.In:
		return s.in(args[0], args[1])
	}
	if len(args) != 2 || call.IsMemberFunction() {
		return nil
	}
	if is := compare(name, s.text(args[0]), s.text(args[1])); is != nil {
		return is
	}
	return compare(name, s.whole(args[0]), s.whole(args[1]))
}

func compare[T string | int64](operator string, a, b func(Variables) T) func(Variables) bool {
	if a == nil || b == nil {
		return nil
	}
	switch operator {
	case operators.Equals:
		return func(v Variables) bool { return a(v) == b(v) }
	case operators.NotEquals:
		return func(v Variables) bool { return a(v) != b(v) }
	case operators.Less:
		return func(v Variables) bool { return a(v) < b(v) }
	case operators.LessEquals:
		return func(v Variables) bool { return a(v) <= b(v) }
	case operators.Greater:
		return func(v Variables) bool { return a(v) > b(v) }
	case operators.GreaterEquals:
		return func(v Variables) bool { return a(v) >= b(v) }
	}
	return nil
}

// in is a text that is looked for among others.
func (s *Scope) in(what, list ast.Expr) func(Variables) bool {
	text := s.text(what)
	if text == nil {
		return nil
	}
	if list.Kind() != ast.ListKind {
		if texts := variable[[]string](s, list, Texts); texts != nil {
			return func(v Variables) bool { return slices.Contains(texts(v), text(v)) }
		}
		return nil
	}
	var among []string
	for _, one := range list.AsList().Elements() {
		word, is := literal[string](one)
		if !is {
			return nil
		}
		among = append(among, word)
	}
	return func(v Variables) bool { return slices.Contains(among, text(v)) }
}

func (s *Scope) text(e ast.Expr) func(Variables) string {
	if word, is := literal[string](e); is {
		return func(Variables) string { return word }
	}
	return variable[string](s, e, Text)
}

func (s *Scope) whole(e ast.Expr) func(Variables) int64 {
	if n, is := literal[int64](e); is {
		return func(Variables) int64 { return n }
	}
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == overloads.Size && !e.AsCall().IsMemberFunction() {
		if texts := variable[[]string](s, e.AsCall().Args()[0], Texts); texts != nil {
			return func(v Variables) int64 { return int64(len(texts(v))) }
		}
	}
	return variable[int64](s, e, Whole)
}

func literal[T any](e ast.Expr) (value T, is bool) {
	if e.Kind() == ast.LiteralKind {
		value, is = e.AsLiteral().Value().(T)
	}
	return value, is
}

// variable is the value of a variable of a type; nil for what is no such variable.
func variable[T any](s *Scope, e ast.Expr, of Type) func(Variables) T {
	if e.Kind() != ast.IdentKind {
		return nil
	}
	name := e.AsIdent()
	if t, known := s.vars[name]; !known || t != of {
		return nil
	}
	return func(v Variables) T {
		value, is := v(name).(T)
		if !is {
			panic(unfit{})
		}
		return value
	}
}
