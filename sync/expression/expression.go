// Package expression evaluates what the catalogue's conditions are written in: CEL,
// the Common Expression Language (https://cel.dev), over the fields of one entry. It is the one package of the
// core that uses a library; the phones use another for the same language (docs/decisions/0032), and
// sync/testdata/expressions.json holds both to the same answers.
package expression

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/ref"
)

// Type is what a variable holds, or an expression gives.
type Type int

// The types. Where an entry has no value, a variable holds "", 0, false or an empty list.
const (
	Text   Type = iota // string
	Texts              // list of strings
	Whole              // int
	YesNo              // bool
	People             // map: "persons" a list of ids, "unnamed" an int
	Items              // list of maps: "name", "quantity", "value"
)

// Entry is the variable that has only the fields which are filled, for has(entry.field).
const Entry = "entry"

func (t Type) cel() *cel.Type {
	switch t {
	case Texts:
		return cel.ListType(cel.StringType)
	case Whole:
		return cel.IntType
	case YesNo:
		return cel.BoolType
	case People:
		return cel.MapType(cel.StringType, cel.DynType)
	case Items:
		return cel.ListType(cel.MapType(cel.StringType, cel.DynType))
	}
	return cel.StringType
}

// Scope is the variables that an expression may name.
type Scope struct {
	vars  map[string]Type
	built func() (*cel.Env, error)
}

// NewScope makes a scope of variables. It is cheap: the environment is built when an expression is first used.
func NewScope(vars map[string]Type) *Scope {
	return &Scope{vars, sync.OnceValues(func() (*cel.Env, error) {
		options := []cel.EnvOption{
			cel.Variable(Entry, cel.MapType(cel.StringType, cel.DynType)),
			cel.ParserRecursionLimit(maxDepth),
			cel.ParserExpressionSizeLimit(maxLength),
		}
		for name, t := range vars {
			options = append(options, cel.Variable(name, t.cel()))
		}
		return cel.NewEnv(options...)
	})}
}

// Bounds on what a definition may ask of a phone: with them no expression that passes Check runs long.
const (
	maxLength = 2000    // code points of an expression
	maxDepth  = 40      // of brackets in brackets
	maxCost   = 200_000 // CEL's cost units, with all lists and texts as long as they may be
)

// Expression is one text in a scope. It is compiled when it is first evaluated, or by Check.
type Expression struct {
	Source   string
	scope    *Scope
	gives    Type
	compiled func() (cel.Program, error)
}

// New makes an expression that is to give a value of a type.
func (s *Scope) New(source string, gives Type) *Expression {
	e := &Expression{Source: source, scope: s, gives: gives}
	e.compiled = sync.OnceValues(func() (cel.Program, error) {
		ast, err := e.compile()
		if err != nil {
			return nil, err
		}
		env, err := s.built()
		if err != nil {
			return nil, err
		}
		return env.Program(ast, cel.EvalOptions(cel.OptOptimize))
	})
	return e
}

func (e *Expression) compile() (*cel.Ast, error) {
	env, err := e.scope.built()
	if err != nil {
		return nil, err
	}
	ast, issues := env.Compile(e.Source)
	if issues.Err() != nil {
		first := issues.Errors()[0]
		return nil, fmt.Errorf("%s", strings.TrimSuffix(strings.ReplaceAll(first.Message, " (in container '')", ""), "."))
	}
	if got := ast.OutputType(); !got.IsExactType(e.gives.cel()) && !got.IsExactType(cel.DynType) {
		return nil, fmt.Errorf("it gives %s and must give %s", got, e.gives.cel())
	}
	return ast, nil
}

// Check says what is wrong with the expression: its grammar, its types, or what it may cost.
func (e *Expression) Check() error {
	ast, err := e.compile()
	if err != nil {
		return err
	}
	env, err := e.scope.built()
	if err != nil {
		return err
	}
	cost, err := env.EstimateCost(ast, sizes{})
	if err != nil {
		return err
	}
	if cost.Max > maxCost {
		return fmt.Errorf("it would run too long (%d steps where %d are the most)", cost.Max, maxCost)
	}
	_, err = e.compiled()
	return err
}

// Variables tells the value of a variable by its name.
type Variables func(name string) any

// ResolveName is for the library.
func (v Variables) ResolveName(name string) (any, bool) {
	value := v(name)
	return value, value != nil
}

// Parent is for the library: there is nothing behind the variables.
func (Variables) Parent() cel.Activation { return nil }

// eval gives nil where the expression cannot be evaluated on these values, as a division by nought.
func (e *Expression) eval(v Variables) ref.Val {
	program, err := e.compiled()
	if err != nil {
		return nil
	}
	out, _, err := program.Eval(cel.Activation(v))
	if err != nil {
		return nil
	}
	return out
}

// Holds evaluates a condition. One that cannot be evaluated on these values does not hold.
func (e *Expression) Holds(v Variables) bool {
	out := e.eval(v)
	if out == nil {
		return false
	}
	yes, ok := out.Value().(bool)
	return ok && yes
}

// Names lists the variables that the expression names, in the order of their names. An expression that cannot
// be read names none.
func (e *Expression) Names() []string {
	var names []string
	e.walk(func(name, _ string) { names = append(names, name) })
	slices.Sort(names)
	return slices.Compact(names)
}
